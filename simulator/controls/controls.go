package controls

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/balancer"
	"github.com/kompositor/kompositor/simulator/brokers"
	"github.com/kompositor/kompositor/simulator/cruisecontrol"
)

// operationKind is the kind of the resources that stand for tasks of Cruise Control.
const operationKind = "CruiseControlOperation.kafka.banzaicloud.io/v1alpha1"

// What a Cruise Control of ours is configured with; another one has its defaults.
const (
	ownCapacity     = 25
	defaultCapacity = 5
	ownKept         = 30
	ownKeptFor      = 7 * 24 * 3600_000 // milliseconds
)

// Options of Controls.
type Options struct {
	Server *apiserver.Server
	Kafka  *brokers.Kafka
	// Now is the time of the world.
	Now func() time.Time
	// Broken is told what the service has done to a Cruise Control and must not.
	Broken func(format string, arguments ...any)
	// Denied says that the service was told that there is no such task.
	Denied func(task string) bool
	// Meddle says what goes wrong with a request, before it is carried out.
	Meddle func(*Control, Request) Mishap
}

// Controls are the Cruise Controls of a world.
type Controls struct {
	Options
	all map[string]*Control // by cluster
	// atCapacity says that a question of this round was refused because there was no place for it.
	atCapacity bool
}

// New returns the Cruise Controls of a world: none yet.
func New(options Options) *Controls { return &Controls{Options: options, all: map[string]*Control{}} }

// Control is the Cruise Control of one cluster and the replicas that it moves.
type Control struct {
	// Cluster is whose it is, as namespace/name.
	Cluster  string
	model    *cruisecontrol.Model
	born     int64 // milliseconds
	balancer *balancer.Balancer
	// away says that its Deployment has no Pod that serves.
	away bool
	// deployed says that the cluster has, or had, it as a Deployment.
	deployed bool
	// loseAnswers makes the answers to starts go astray.
	loseAnswers bool
	// started counts the tasks of each reason since the last restart.
	started map[string]int
}

// Start starts the Cruise Control of a cluster that has a Kafka, unless it has one.
func (cs *Controls) Start(cluster string) error {
	if cs.all[cluster] != nil {
		return nil
	}
	kafka := cs.Kafka.Cluster(cluster)
	if kafka == nil {
		return fmt.Errorf("no Kafka of %s has ever run", cluster)
	}
	c := &Control{
		Cluster: cluster, balancer: balancer.New(kafka), born: cs.Now().UnixMilli(), started: map[string]int{},
	}
	c.model = cruisecontrol.New(c.balancer)
	c.model.MostActive = defaultCapacity
	cs.all[cluster] = c
	return nil
}

// Do does something to a cluster's Cruise Control, in the words of scripts.
func (cs *Controls) Do(cluster, what string) error {
	c := cs.all[cluster]
	switch what {
	case "":
	case "restart":
		c.Restart()
	case "slow", "fast":
		c.model.SlowComputation = map[string]int{"slow": 8, "fast": 0}[what]
	case "down", "up":
		c.Serve(what == "up")
	case "lose-answers", "keep-answers":
		c.loseAnswers = what == "lose-answers"
	case "rebalance": // by somebody else
		parameters := map[string]string{"dryrun": "false", "reason": "by hand"}
		return c.post(cruisecontrol.Request{Endpoint: what, Parameters: parameters})
	default:
		return fmt.Errorf("nobody can %q a Cruise Control", what)
	}
	return nil
}

// Restart makes it forget all that it did.
func (c *Control) Restart() {
	c.model.Restart()
	c.started = map[string]int{}
}

// Serve makes it answer, or not.
func (c *Control) Serve(up bool) { c.model.Down = !up }

// Executes says that it moves replicas.
func (c *Control) Executes() bool { return c.model.Executing() != nil }

// Fail ends what it executes with an error.
func (c *Control) Fail() { c.model.Fail() }

// Calm makes all of them serve and answer as they should.
func (cs *Controls) Calm() {
	for _, c := range cs.all {
		c.model.Down, c.loseAnswers, c.model.SlowComputation = false, false, 0
	}
}

// Scan has all of them notice what has been computed, as they do every five seconds: who asks many times in one second
// takes no more places by that than who takes his time.
func (cs *Controls) Scan() {
	for _, c := range cs.all {
		c.model.Scan()
	}
}

// Step is one second of every Cruise Control. One that the cluster has as a Deployment forgets everything when its Pod
// is replaced, and answers nobody until the next one serves.
func (cs *Controls) Step() {
	for _, c := range cs.sorted() {
		namespace, cluster, _ := strings.Cut(c.Cluster, "/")
		key := apiserver.Key{Kind: "Deployment.apps/v1", Namespace: namespace, Name: cluster + "-cruisecontrol"}
		deployment, deployed := cs.Server.Get(key)
		if c.deployed = c.deployed || deployed; c.deployed {
			c.model.MostActive, c.model.Kept, c.model.KeptFor = ownCapacity, ownKept, ownKeptFor
		}
		away := c.deployed && apiserver.Int(deployment, "status", "availableReplicas") == 0
		if away && !c.away {
			c.Restart()
		}
		c.away = away
		if !away {
			c.model.Step()
		}
	}
}

// Execution is what a cluster's Cruise Control executes.
type Execution struct{ Cluster, Task, Reason string }

// Executions are what is executed for somebody who gave a reason such as operations have, by cluster.
func (cs *Controls) Executions() []Execution {
	var all []Execution
	for _, c := range cs.sorted() {
		if task := c.model.Executing(); task != nil && strings.Contains(task.Request.Parameters["reason"], "/") {
			all = append(all, Execution{c.Cluster, task.ID, task.Request.Parameters["reason"]})
		}
	}
	return all
}

// OperationOf is the operation whose UID a reason begins with.
func (cs *Controls) OperationOf(reason string) (apiserver.Object, bool) {
	uid, _, _ := strings.Cut(reason, "/")
	for _, o := range cs.Server.List(operationKind) {
		if apiserver.UID(o) == uid {
			return o, true
		}
	}
	return nil, false
}

func (cs *Controls) sorted() []*Control {
	var all []*Control
	for _, cluster := range slices.Sorted(maps.Keys(cs.all)) {
		all = append(all, cs.all[cluster])
	}
	return all
}
