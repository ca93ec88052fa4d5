package simulator

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/balancer"
	"github.com/kompositor/kompositor/simulator/cruisecontrol"
	"github.com/kompositor/kompositor/sync"
)

// operationKind is the kind of the resources that stand for tasks of Cruise Control.
const operationKind = "CruiseControlOperation.kafka.banzaicloud.io/v1alpha1"

// What a Cruise Control of ours is configured with; another one has its defaults.
const (
	ownCapacity = 25
	ownKept     = 30
	ownKeptFor  = 7 * 24 * 3600_000 // milliseconds
)

// control is the Cruise Control of one cluster and the replicas that it moves.
type control struct {
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
			balancer: balancer.New(cluster), born: w.Now().UnixMilli(), started: map[string]int{},
		}
		c.model = cruisecontrol.New(c.balancer)
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
		if c.deployed = c.deployed || deployed; c.deployed {
			c.model.Capacity, c.model.Kept, c.model.KeptFor = ownCapacity, ownKept, ownKeptFor
		}
		away := c.deployed && apiserver.Int(deployment, "status", "availableReplicas") == 0
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
	take(c, asked.State, &facts, &facts.State, c.state)
	take(c, asked.Tasks, &facts, &facts.Tasks, func() []sync.UserTask { return c.tasks(asked.Answers) })
	take(c, asked.Brokers, &facts, &facts.Brokers, c.knows)
	return facts
}

// take answers one question, if it is asked and there is a place for it.
func take[T any](c *control, asked bool, facts *sync.CruiseControlFacts, fact *sync.Fact[T], answer func() T) {
	if !asked {
		return
	}
	if refusal := c.model.Take(); refusal != nil {
		*fact, facts.AtCapacity = sync.UnknownFact[T](refusal.Message), true
		return
	}
	*fact = sync.Known(answer())
}

// knows are the brokers as the adapter reads them.
func (c *control) knows() []sync.CruiseControlBroker {
	var brokers []sync.CruiseControlBroker
	for _, b := range c.balancer.Brokers() {
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
		state.TotalMB, state.FinishedMB = int64(task.Moves), int64(c.balancer.Moved())
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
			return w.stop(c, &command)
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

// stop stops what is executed, if it is the task's.
func (w *World) stop(c *control, command *sync.StopExecution) error {
	if refusal := c.model.Take(); refusal != nil { // the look for whose execution it is
		return refusal
	}
	task := c.model.Executing()
	if task == nil || task.ID != command.Task {
		return nil
	}
	if !w.mayStop(command.Reason, task) {
		w.laws.broken(startedOnce, "the execution of %s is stopped for %s",
			task.Request.Parameters["reason"], command.Reason)
	}
	request := cruisecontrol.Request{
		Endpoint: "stop_proposal_execution", Parameters: map[string]string{"reason": command.Reason},
	}
	if refusal := c.model.Stop(request, written(request)); refusal != nil {
		return refusal
	}
	return nil
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
	if refusal := c.model.Take(); refusal != nil { // the look for a task of that reason
		return refusal
	}
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
	_, refusal := c.model.Post(request, written(request))
	if refusal != nil {
		return refusal
	}
	return nil
}

// written is a request as Cruise Control shows it.
func written(request cruisecontrol.Request) string {
	var query []string
	for _, name := range slices.Sorted(maps.Keys(request.Parameters)) {
		query = append(query, name+"="+request.Parameters[name])
	}
	return "POST " + cruisecontrol.Path + request.Endpoint + "?" + strings.Join(query, "&")
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
