package simulator

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/brokers"
	"github.com/kompositor/kompositor/simulator/cruisecontrol"
	"github.com/kompositor/kompositor/sync"
)

// operationKind is the kind of the resources that stand for tasks of Cruise Control.
const operationKind = "CruiseControlOperation.kafka.banzaicloud.io/v1alpha1"

// control is the Cruise Control of one cluster and the replicas that it moves. Its proposals are simple: brokers that
// are removed are emptied, and in all else the brokers come to hold as many replicas as each other.
type control struct {
	model   *cruisecontrol.Model
	cluster *brokers.Cluster
	born    int64 // milliseconds
	// proposals are the moves that are still to be begun, by the reason of their task.
	proposals map[string][]proposed
	// under is the partition that is being moved.
	under *proposed
	moved int
	// away says that its Deployment has no Pod that serves.
	away bool
	// loseAnswers makes the answers to starts go astray.
	loseAnswers bool
	// started counts the tasks of each reason since the last restart.
	started map[string]int
}

type proposed struct {
	topic            string
	number, from, to int32
	dir              string // within a broker: the log directory that the replica moves to
}

// control returns the Cruise Control of a cluster, nil where there is none.
func (w *World) control(cluster string) *control { return w.controls[cluster] }

// changeControl starts a cluster's Cruise Control, or does something to it.
func (w *World) changeControl(arguments map[string]string) error {
	name := w.parentName()
	c := w.controls[name]
	if c == nil {
		cluster := w.Kafka.Cluster(name)
		if cluster == nil {
			return fmt.Errorf("no Kafka of %s has ever run", name)
		}
		c = &control{
			cluster: cluster, born: w.Now().UnixMilli(), proposals: map[string][]proposed{}, started: map[string]int{},
		}
		c.model = cruisecontrol.New(c)
		w.controls[name] = c
	}
	switch what := arguments["do"]; what {
	case "":
	case "restart":
		c.restart()
	case "slow", "fast":
		c.model.SlowComputation = map[string]int{"slow": 8, "fast": 0}[what]
	case "down", "up":
		c.model.Down = what == "down"
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

// stepControls is one second of every Cruise Control. One that the cluster has as a Deployment forgets everything when
// its Pod is replaced, and answers nobody until the next one serves.
func (w *World) stepControls() {
	for _, name := range slices.Sorted(maps.Keys(w.controls)) {
		c := w.controls[name]
		namespace, cluster, _ := strings.Cut(name, "/")
		key := apiserver.Key{Kind: "Deployment.apps/v1", Namespace: namespace, Name: cluster + "-cruisecontrol"}
		deployment, deployed := w.Server.Get(key)
		away := deployed && apiserver.Int(deployment, "status", "availableReplicas") == 0
		if away && !c.away {
			c.restart()
		}
		c.away = away
		if !away {
			c.model.Step()
		}
	}
}

// restart makes it forget all that it did.
func (c *control) restart() {
	c.model.Restart()
	c.started = map[string]int{}
}

// answerControl reads what is asked of a Cruise Control.
func (w *World) answerControl(questions sync.Questions) sync.CruiseControlFacts {
	asked := questions.CruiseControl
	if asked == nil {
		return sync.CruiseControlFacts{}
	}
	c := w.control(asked.Connection.Cluster)
	if c == nil || c.model.Down || c.away {
		return questions.Unanswered(sync.AdapterCruiseControl, "nobody answers at "+asked.Connection.URL).CruiseControl
	}
	facts := questions.Unanswered(sync.AdapterCruiseControl, "it is not simulated").CruiseControl
	if asked.State {
		facts.State = sync.Known(c.state())
	}
	if asked.Tasks {
		facts.Tasks = sync.Known(c.tasks(asked.Answers))
	}
	if asked.Brokers {
		facts.Brokers = sync.Known(c.knows())
	}
	return facts
}

// knows are the brokers as the adapter reads them.
func (c *control) knows() []sync.CruiseControlBroker {
	var brokers []sync.CruiseControlBroker
	for _, b := range c.Brokers() {
		broker := sync.CruiseControlBroker{ID: b.ID, State: "ALIVE", Replicas: b.Replicas}
		if !b.Alive {
			broker.State = "DEAD"
		}
		brokers = append(brokers, broker)
	}
	return brokers
}

func (c *control) state() sync.CruiseControlState {
	state := sync.CruiseControlState{
		Monitor: c.model.Monitor, ValidWindows: c.model.Windows, MonitoringCoverage: 100,
		ProposalReady: c.model.Windows > 0, Executor: c.model.Executor(),
		RecentlyRemoved: c.model.Removed(), RecentlyDemoted: c.model.Demoted(),
	}
	if task := c.model.Executing(); task != nil {
		state.ExecutorTask, state.ExecutorReason = task.ID, task.Request.Parameters["reason"]+" (Client: simulator)"
		state.TotalMB, state.FinishedMB = int64(task.Moves), int64(c.moved)
	}
	return state
}

func (c *control) tasks(answers []string) []sync.UserTask {
	var tasks []sync.UserTask
	for _, task := range c.model.Tasks() {
		shown := sync.UserTask{
			ID: task.ID, Endpoint: task.Request.Endpoint, Reason: task.Request.Parameters["reason"],
			Status: sync.UserTaskStatus(task.Status), StartMillis: c.born + task.Start, Request: task.URL,
		}
		switch {
		case !slices.Contains(answers, task.ID), task.Status == cruisecontrol.Active, task.Failure != nil:
		default:
			shown.Summary = map[string]string{
				"numReplicaMovements": fmt.Sprint(task.Moves), "dataToMoveMB": fmt.Sprint(task.Moves),
			}
		}
		tasks = append(tasks, shown)
	}
	return tasks
}

// performControl carries out a command for a Cruise Control as the adapter does. It says whether the command was one.
func (w *World) performControl(command sync.Command) (ours bool, err error) {
	switch command := command.(type) {
	case sync.StartTask:
		return true, w.atControl(&command.Connection, func(c *control) error { return w.start(c, &command) })
	case sync.StopExecution:
		return true, w.atControl(&command.Connection, func(c *control) error {
			if task := c.model.Executing(); task != nil && task.ID == command.Task {
				if !w.mayStop(command.Reason, task) {
					w.laws.broken(startedOnce, "the execution of %s is stopped for %s",
						task.Request.Parameters["reason"], command.Reason)
				}
				c.model.Stop()
			}
			return nil
		})
	case sync.DeleteOperation:
		key := apiserver.Key{Kind: operationKind, Namespace: command.Namespace, Name: command.Name}
		err := w.Server.As("kompositor").Delete(key, apiserver.DeleteOptions{UID: command.UID})
		if apiserver.IsNotFound(err) {
			err = nil
		}
		return true, err
	}
	return false, nil
}

// operationOf is the operation whose UID a reason begins with.
func (w *World) operationOf(reason string) (apiserver.Object, bool) {
	uid, _, _ := strings.Cut(reason, "/")
	for _, o := range w.Server.List(operationKind) {
		if apiserver.UID(o) == uid {
			return o, true
		}
	}
	return nil, false
}

// mayStop says that a reason may stop a task: it is of the same operation, or of one that stops what others have
// started.
func (w *World) mayStop(reason string, task *cruisecontrol.Task) bool {
	own, _, _ := strings.Cut(task.Request.Parameters["reason"], "/")
	operation, _ := w.operationOf(reason)
	return strings.HasPrefix(reason, own+"/") ||
		apiserver.String(operation, "spec", "operation") == "stop_proposal_execution"
}

func (w *World) atControl(connection *sync.CruiseControlConnection, do func(*control) error) error {
	c := w.control(connection.Cluster)
	if c == nil || c.model.Down || c.away {
		return errors.New("nobody answers at " + connection.URL)
	}
	return do(c)
}

// start starts a task, unless there is one of that reason.
func (w *World) start(c *control, command *sync.StartTask) error {
	known := func(task *cruisecontrol.Task) bool { return task.Request.Parameters["reason"] == command.Reason }
	if !slices.ContainsFunc(c.model.Tasks(), known) {
		parameters := maps.Clone(command.Parameters)
		parameters["reason"] = command.Reason
		if c.started[command.Reason]++; c.started[command.Reason] > 1 {
			w.laws.broken(startedOnce, "%s is started again", command.Reason)
		}
		request := cruisecontrol.Request{Endpoint: command.Endpoint, Parameters: parameters}
		if running := c.model.Executing(); running != nil && !request.Dry() {
			w.laws.broken(startedOnce, "%s is started while %s is executed",
				command.Reason, running.Request.Parameters["reason"])
		}
		if err := c.post(request); err != nil {
			return err
		}
	}
	if c.loseAnswers {
		return errors.New("it did not answer in time")
	}
	return nil
}

func (c *control) post(request cruisecontrol.Request) error {
	var query []string
	for _, name := range slices.Sorted(maps.Keys(request.Parameters)) {
		query = append(query, name+"="+request.Parameters[name])
	}
	_, refusal := c.model.Post(request, "POST "+cruisecontrol.Path+request.Endpoint+"?"+strings.Join(query, "&"))
	if refusal != nil {
		return refusal
	}
	return nil
}

// Operations lists the operations with their tasks.
func (w *World) Operations() string {
	var b strings.Builder
	for _, o := range w.Server.List(operationKind) {
		task := apiserver.Map(o, "status", "currentTask")
		fmt.Fprintf(&b, "%s: %s %s, retries %d, failed tasks %d, summary %v\n", apiserver.Name(o),
			apiserver.String(task, "operation"), orElse(apiserver.String(task, "state"), "waits"),
			apiserver.Int(o, "status", "retryCount"), len(apiserver.List(o, "status", "failedTasks")),
			apiserver.Map(task, "summary"))
	}
	return b.String()
}

// Brokers are the brokers that are live or hold replicas.
func (c *control) Brokers() []cruisecontrol.Broker {
	held := c.held()
	var all []cruisecontrol.Broker
	for _, id := range slices.Sorted(maps.Keys(held)) {
		all = append(all, cruisecontrol.Broker{
			ID: id, Alive: slices.Contains(c.cluster.Live(), id), Replicas: held[id],
		})
	}
	return all
}

// held counts the replicas of every broker.
func (c *control) held() map[int32]int {
	held := map[int32]int{}
	for _, id := range c.cluster.Live() {
		held[id] = 0
	}
	for _, p := range c.cluster.Partitions() {
		for _, id := range p.Replicas {
			held[id]++
		}
	}
	return held
}

// Propose says which replicas a request moves.
func (c *control) Propose(request cruisecontrol.Request) (int, error) {
	leaving := []int32{}
	if request.Endpoint == "remove_broker" {
		leaving = cruisecontrol.Brokers(request.Parameters["brokerid"])
	}
	moves, err := c.propose(request.Endpoint, leaving)
	if within(request) {
		moves, err = c.proposeWithin(request)
	}
	if err == nil && !request.Dry() {
		c.proposals[request.Parameters["reason"]] = moves
		c.moved, c.under = 0, nil
	}
	return len(moves), err
}

// propose empties the brokers that leave, and evens the others out where that is asked for.
func (c *control) propose(endpoint string, leaving []int32) ([]proposed, error) {
	held := c.held()
	var moves []proposed
	for _, p := range c.cluster.Partitions() {
		replicas := slices.Clone(p.Replicas)
		for _, from := range replicas {
			to := c.lightest(held, append(slices.Clone(replicas), leaving...))
			gone := slices.Contains(leaving, from)
			even := endpoint == "rebalance" || endpoint == "add_broker"
			switch {
			case gone && to < 0:
				return nil, &cruisecontrol.RefusalError{
					Exception: "com.linkedin.kafka.cruisecontrol.exception.OptimizationFailureException",
					Message:   fmt.Sprintf("[RackAwareGoal] no broker is left for a replica of %s-%d", p.Topic, p.Number),
				}
			case gone, even && to >= 0 && held[from] > held[to]+1:
				moves = append(moves, proposed{topic: p.Topic, number: p.Number, from: from, to: to})
				held[from], held[to] = held[from]-1, held[to]+1
				replicas[slices.Index(replicas, from)] = to
			}
		}
	}
	return moves, nil
}

// lightest is the live broker with the fewest replicas, but for some; -1 for none.
func (c *control) lightest(held map[int32]int, but []int32) int32 {
	candidates := slices.DeleteFunc(c.cluster.Live(), func(id int32) bool { return slices.Contains(but, id) })
	if len(candidates) == 0 {
		return -1
	}
	return slices.MinFunc(candidates, func(a, b int32) int {
		return cmp.Or(cmp.Compare(held[a], held[b]), cmp.Compare(a, b))
	})
}

// Advance moves one replica at a time.
func (c *control) Advance(request cruisecontrol.Request) bool {
	if c.under != nil {
		if c.under.under(c.cluster) {
			return false
		}
		c.under = nil
		c.moved++
	}
	reason := request.Parameters["reason"]
	if len(c.proposals[reason]) == 0 {
		return true
	}
	next := c.proposals[reason][0]
	c.proposals[reason] = c.proposals[reason][1:]
	if next.begin(c.cluster) { // else it is no longer as it was
		c.under = &next
	}
	return false
}

// Abandon begins no more moves. What Kafka is moving goes on.
func (c *control) Abandon(request cruisecontrol.Request) {
	delete(c.proposals, request.Parameters["reason"])
	c.under = nil
}
