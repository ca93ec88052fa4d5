package controls

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/cruisecontrol"
	"github.com/kompositor/kompositor/sync"
)

// Request is one request to a Cruise Control.
type Request struct {
	Endpoint string
	// Changes says that it is a POST: carried out, it changes something, whether its answer is heard or not.
	Changes bool
}

// String is method and endpoint.
func (r Request) String() string {
	if r.Changes {
		return "POST " + r.Endpoint
	}
	return "GET " + r.Endpoint
}

// Mishap is what goes wrong with a request. The zero Mishap is nothing.
type Mishap struct {
	// Unreached: it is not received. Unheard: it is carried out, and its answer is lost.
	Unreached, Unheard bool
	// Later has it carried out when its sender has given it up; nil for now. It is given what carries it out and returns
	// the tasks that have begun by it.
	Later func(carryOut func() (begun []string))
	// Then happens when it has been carried out; nil for nothing.
	Then func()
}

// request puts a request to the Cruise Control of a connection.
func (cs *Controls) request(
	connection *sync.CruiseControlConnection, request Request, carryOut func(*Control) error,
) error {
	c := cs.all[connection.Cluster]
	nobody := errors.New("nobody answers at " + connection.URL)
	if c == nil || c.away || c.model.Down {
		return nobody
	}
	mishap := cs.Meddle(c, request)
	if mishap.Unreached {
		return nobody
	}
	if mishap.Later != nil {
		mishap.Later(func() []string { return c.late(request, carryOut) })
		return lost()
	}
	err := c.placed(request, carryOut)
	if mishap.Then != nil {
		mishap.Then()
	}
	if mishap.Unheard {
		return lost()
	}
	return err
}

// placed carries out a request for which there is a place among the active tasks. A POST takes its own.
func (c *Control) placed(request Request, carryOut func(*Control) error) error {
	if !request.Changes {
		if _, refusal := c.model.Look(cruisecontrol.Request{Endpoint: request.Endpoint}, ""); refusal != nil {
			return failure(refusal)
		}
	}
	return carryOut(c)
}

// late carries out a request that nobody waits for any more, and returns the tasks that have begun by it.
func (c *Control) late(request Request, carryOut func(*Control) error) (begun []string) {
	if c.away || c.model.Down {
		return nil
	}
	before := c.model.Tasks()
	_ = c.placed(request, carryOut)
	for _, task := range c.model.Tasks() {
		if !slices.Contains(before, task) {
			begun = append(begun, task.ID)
		}
	}
	return begun
}

// lost is what is known of a request whose answer is lost.
func lost() error {
	return &sync.FailureError{Failure: sync.FailureUnanswered, Text: "it did not answer in time"}
}

// failure is a refusal as the adapter reads it. Which text means what, the tests of the adapter say; here are those of
// the model and of the balancer.
func failure(refusal *cruisecontrol.RefusalError) *sync.FailureError {
	kind := sync.FailureOther
	for text, known := range map[string]sync.Failure{
		"NotEnoughValidWindows": sync.FailureNoWindows, "LOADING state": sync.FailureLoading,
		"ongoing execution": sync.FailureOngoing, "servlet capacity": sync.FailureAtCapacity,
		"OptimizationFailure": sync.FailureHardGoal, "UserRequestException": sync.FailureBadRequest,
	} {
		if strings.Contains(refusal.Error(), text) {
			kind = known
		}
	}
	return &sync.FailureError{Failure: kind, Text: refusal.Error()}
}

// read puts a question to it and makes the answer a fact.
func read[T any](
	cs *Controls, connection *sync.CruiseControlConnection, endpoint string, answer func(*Control) T,
) sync.Fact[T] {
	var read T
	err := cs.request(connection, Request{Endpoint: endpoint}, func(c *Control) error {
		read = answer(c)
		return nil
	})
	if failed, ok := errors.AsType[*sync.FailureError](err); ok && failed.Failure == sync.FailureAtCapacity {
		cs.atCapacity = true
	}
	if err != nil {
		return sync.UnknownFact[T](err.Error())
	}
	return sync.Known(read)
}

// Answer reads what is asked of a Cruise Control.
func (cs *Controls) Answer(questions sync.Questions) sync.CruiseControlFacts {
	asked := questions.CruiseControl
	if asked == nil {
		return sync.CruiseControlFacts{}
	}
	facts := questions.Unanswered(sync.AdapterCruiseControl, "it is not simulated").CruiseControl
	cs.atCapacity = false
	if asked.State {
		facts.State = read(cs, &asked.Connection, "state", (*Control).state)
	}
	if asked.Tasks {
		facts.Tasks = cs.tasks(asked)
	}
	if asked.Brokers {
		facts.Brokers = read(cs, &asked.Connection, "kafka_cluster_state", (*Control).knows)
	}
	facts.AtCapacity = cs.atCapacity
	return facts
}

// tasks asks for all tasks, and then for the answers of some.
func (cs *Controls) tasks(asked *sync.CruiseControlQuestions) sync.Fact[[]sync.UserTask] {
	const endpoint = "user_tasks"
	tasks := read(cs, &asked.Connection, endpoint, func(c *Control) []sync.UserTask { return c.tasks(nil) })
	known, ok := tasks.Get()
	if !ok || len(asked.Answers) == 0 {
		return tasks
	}
	answered := read(cs, &asked.Connection, endpoint, func(c *Control) []sync.UserTask { return c.tasks(asked.Answers) })
	answers, ok := answered.Get()
	if !ok {
		return answered
	}
	for i := range known {
		for j := range answers {
			if answers[j].ID == known[i].ID {
				known[i] = answers[j]
			}
		}
	}
	return sync.Known(known)
}

// knows are the brokers as the adapter reads them.
func (c *Control) knows() []sync.CruiseControlBroker {
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

func (c *Control) state() sync.CruiseControlState {
	state := sync.CruiseControlState{
		Monitor: c.model.Monitor, ValidWindows: c.model.Windows, MonitoringCoverage: 100,
		ProposalReady: c.model.Windows > 0, Executor: c.model.Executor(),
		RecentlyRemoved: c.model.Removed(), RecentlyDemoted: c.model.Demoted(),
	}
	if task := c.model.Executing(); task != nil {
		state.ExecutorTask, state.ExecutorReason = task.ID, task.Request.Parameters["reason"]+" (Client: simulator)"
		finished, total := int64(c.balancer.Moved()), int64(task.Moves)
		if task.Request.Endpoint == "demote_broker" {
			state.FinishedLeaders, state.TotalLeaders = finished, total
		} else {
			state.FinishedMB, state.TotalMB = finished, total
		}
	}
	return state
}

func (c *Control) tasks(answers []sync.TaskQuestion) []sync.UserTask {
	var tasks []sync.UserTask
	for _, task := range c.model.Tasks() {
		shown := sync.UserTask{
			ID: task.ID, Endpoint: task.Request.Endpoint, Reason: task.Request.Parameters["reason"],
			Status: sync.UserTaskStatus(task.Status), StartMillis: c.born + task.Start, Request: task.URL,
		}
		asked := slices.IndexFunc(answers, func(q sync.TaskQuestion) bool { return q.ID == task.ID })
		switch {
		case asked < 0, task.Status == cruisecontrol.Active:
		case task.Failure != nil && answers[asked].Endpoint == "":
		case task.Failure != nil:
			shown.Failure, shown.Error = failure(task.Failure).Failure, task.Failure.Error()
		default:
			shown.Summary = map[string]string{
				"numReplicaMovements": fmt.Sprint(task.Moves), "dataToMoveMB": fmt.Sprint(task.Moves),
			}
		}
		tasks = append(tasks, shown)
	}
	return tasks
}

// Perform carries out a command for a Cruise Control as the adapter does. It says whether the command was one.
func (cs *Controls) Perform(command sync.Command) (ours bool, err error) {
	switch command := command.(type) {
	case sync.StartTask:
		return true, cs.start(&command)
	case sync.StopExecution:
		return true, cs.stop(&command)
	}
	return false, nil
}

// start starts a task, unless there is one of that reason.
func (cs *Controls) start(command *sync.StartTask) error {
	known := read(cs, &command.Connection, "user_tasks", func(c *Control) []sync.UserTask { return c.tasks(nil) })
	tasks, ok := known.Get()
	if !ok {
		return fmt.Errorf("look for the task before it is started: %s", known.Why())
	}
	if slices.ContainsFunc(tasks, func(t sync.UserTask) bool { return t.Reason == command.Reason }) {
		return nil
	}
	return cs.request(&command.Connection, Request{command.Endpoint, true}, func(c *Control) error {
		parameters := maps.Clone(command.Parameters)
		parameters["reason"] = command.Reason
		request := cruisecontrol.Request{Endpoint: command.Endpoint, Parameters: parameters}
		if running := c.model.Executing(); running != nil && !request.Dry() && !cs.Denied(running.ID) {
			cs.Broken("%s is started while %s is executed", command.Reason, running.Request.Parameters["reason"])
		}
		known := len(c.model.Tasks())
		err := c.post(request)
		if len(c.model.Tasks()) > known {
			c.started[command.Reason]++
		}
		if c.started[command.Reason] > 1 {
			cs.Broken("%s is started again", command.Reason)
		}
		if err == nil && c.loseAnswers {
			return lost()
		}
		return err
	})
}

// stop stops what is executed, if it is the command's task.
func (cs *Controls) stop(command *sync.StopExecution) error {
	state := read(cs, &command.Connection, "state", (*Control).state)
	executor, known := state.Get()
	if !known {
		return fmt.Errorf("look whose execution runs before it is stopped: %s", state.Why())
	}
	if executor.ExecutorTask != command.Task {
		return nil
	}
	return cs.request(&command.Connection, Request{"stop_proposal_execution", true}, func(c *Control) error {
		if task := c.model.Executing(); task != nil && !cs.mayStop(command.Reason, task) {
			cs.Broken("the execution of %s is stopped for %s", task.Request.Parameters["reason"], command.Reason)
		}
		request := cruisecontrol.Request{
			Endpoint: "stop_proposal_execution", Parameters: map[string]string{"reason": command.Reason},
		}
		if refusal := c.model.Stop(request, written(request)); refusal != nil {
			return failure(refusal)
		}
		return nil
	})
}

// mayStop says that a reason may stop a task: it is of the same operation, or of one that stops what others have
// started.
func (cs *Controls) mayStop(reason string, task *cruisecontrol.Task) bool {
	own, _, _ := strings.Cut(task.Request.Parameters["reason"], "/")
	operation, _ := cs.OperationOf(reason)
	return strings.HasPrefix(reason, own+"/") ||
		apiserver.String(operation, "spec", "operation") == "stop_proposal_execution"
}

func (c *Control) post(request cruisecontrol.Request) error {
	if _, refusal := c.model.Post(request, written(request)); refusal != nil {
		return failure(refusal)
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
