package cruisecontrol

import (
	"fmt"
	"slices"
	"strings"
)

// Broker is a broker as Kafka's metadata and log directories show it.
type Broker struct {
	ID       int32
	Alive    bool
	Replicas int
	Online   []string
	Offline  []string
}

// World is the Kafka cluster that Cruise Control looks at and moves replicas in.
type World interface {
	// Brokers are all brokers that have replicas or are alive.
	Brokers() []Broker
	// Propose says how many replicas a request would move, or why it can not be done, in Cruise Control's words.
	Propose(Request) (moves int, err error)
	// Advance executes a request a little further and says whether it is done. Its error says that it can not go on.
	Advance(Request) (done bool, err error)
	// Stop ends the execution of a request and takes back what is being moved.
	Stop(Request)
	// Abandon ends the execution of a request: Cruise Control was restarted. What Kafka is moving goes on.
	Abandon(Request)
}

// Status of a task; the words are those of Cruise Control.
type Status string

// The states of a task.
const (
	Active             Status = "Active"
	InExecution        Status = "InExecution"
	Completed          Status = "Completed"
	CompletedWithError Status = "CompletedWithError"
)

// Task is one user task.
type Task struct {
	ID      string
	Request Request
	// URL is method, path and query, the values as they were before they were escaped.
	URL    string
	Status Status
	Start  int64 // milliseconds
	Moves  int
	// Failure is why the task failed, as the request that started it was told.
	Failure *RefusalError

	// settled says that the task was seen as Completed between its computation and its execution.
	settled bool
	// scanned says that Cruise Control has noticed the end of the computation, or begun to execute: until then the task
	// is shown as Active and counts as that.
	scanned bool
}

// Shown is the status that user_tasks shows.
func (t *Task) Shown() Status {
	if !t.scanned {
		return Active
	}
	return t.Status
}

// RefusalError is an error of Cruise Control: an exception, empty where it is not named, and its message.
type RefusalError struct {
	Exception string
	Message   string
}

func (r *RefusalError) Error() string {
	if r.Exception == "" {
		return r.Message
	}
	return r.Exception + ": " + r.Message
}

// Limits of Cruise Control. Source: UserTaskManagerConfig, WebServerConfig, UserTaskManager.
const (
	activeTasks      = 25            // what Kompositor's own configuration asks for; by default 5
	mostKeptTasks    = 25            // that move something, and as many that look
	keptFor          = 24 * 3600_000 // milliseconds from the start of a task
	scanMillis       = 5000
	monitorRunning   = "RUNNING"
	executorIdle     = "NO_TASK_IN_PROGRESS"
	executorMoves    = "INTER_BROKER_REPLICA_MOVEMENT_TASK_IN_PROGRESS"
	executorMovesIn  = "INTRA_BROKER_REPLICA_MOVEMENT_TASK_IN_PROGRESS"
	executorLeaders  = "LEADER_MOVEMENT_TASK_IN_PROGRESS"
	executorStopping = "STOPPING_EXECUTION"
)

// Model is a running Cruise Control.
type Model struct {
	// Monitor is the state of the load monitor, Windows the number of its valid windows.
	Monitor string
	Windows int
	// Down makes it answer nobody.
	Down bool
	// SlowComputation leaves tasks active until this many steps have passed.
	SlowComputation int
	// MostActive is how many tasks are taken at a time.
	MostActive int
	// Kept is max.cached.completed.kafka.admin.user.tasks, and KeptFor completed.kafka.admin.user.task.retention.time.ms:
	// how many tasks that are over it remembers, and for how many milliseconds from their start.
	Kept    int
	KeptFor int64

	world World
	clock int64
	born  int64
	next  int
	tasks []*Task
	// looks are the requests that only looked, or only turned a switch: they are tasks too.
	looks []*Task
	// executing is the task that the executor moves replicas for; at most one.
	executing *Task
	stopping  bool
	removed   []int32
	demoted   []int32
}

// New returns a Cruise Control that has metrics and nothing to do.
func New(world World) *Model {
	return &Model{
		Monitor: monitorRunning, Windows: 1, MostActive: activeTasks, Kept: mostKeptTasks, KeptFor: keptFor, world: world,
	}
}

// Restart wipes its memory: tasks, the execution, and which brokers were removed. What Kafka itself is moving goes on.
func (m *Model) Restart() {
	if m.executing != nil {
		m.world.Abandon(m.executing.Request)
	}
	m.tasks, m.looks, m.executing, m.stopping, m.removed, m.demoted = nil, nil, nil, false, nil, nil
	m.born = m.clock
}

// Executor is the executor's state, in Cruise Control's words.
func (m *Model) Executor() string {
	switch {
	case m.executing == nil:
		return executorIdle
	case m.stopping:
		return executorStopping
	case m.executing.Request.Endpoint == "remove_disks" || m.executing.Request.Parameters["rebalance_disk"] == "true":
		return executorMovesIn
	case m.executing.Request.Endpoint == "demote_broker":
		return executorLeaders
	}
	return executorMoves
}

// Executing is the task that replicas are moved for; nil while the executor is idle.
func (m *Model) Executing() *Task { return m.executing }

// Removed and Demoted are the brokers that Cruise Control remembers for that.
func (m *Model) Removed() []int32 { return slices.Clone(m.removed) }

// Demoted are the brokers whose leaderships were taken of late.
func (m *Model) Demoted() []int32 { return slices.Clone(m.demoted) }

// Brokers are the brokers that Cruise Control knows.
func (m *Model) Brokers() []Broker { return m.world.Brokers() }

// Tasks are all tasks that it remembers and that may move something, the oldest first.
func (m *Model) Tasks() []*Task { return slices.Clone(m.tasks) }

// Looks are the other tasks that it remembers, the oldest first.
func (m *Model) Looks() []*Task { return slices.Clone(m.looks) }

// Look takes a request that moves nothing. It is a task too, done at once, and takes a place until the next scan.
func (m *Model) Look(request Request, url string) (*Task, *RefusalError) {
	if refusal := m.full(); refusal != nil {
		return nil, refusal
	}
	task := &Task{ID: m.id(), Request: request, URL: url, Status: Completed, Start: m.clock}
	m.looks = append(m.looks, task)
	return task, nil
}

// full refuses what comes when as many tasks are active as are taken.
func (m *Model) full() *RefusalError {
	active := 0
	for _, task := range slices.Concat(m.tasks, m.looks) {
		if !task.scanned {
			active++
		}
	}
	if active < m.MostActive {
		return nil
	}
	return &RefusalError{Message: fmt.Sprintf(
		"There are already %d active user tasks, which has reached the servlet capacity.", active)}
}

func (m *Model) id() string {
	m.next++
	return fmt.Sprintf("00000000-0000-4000-8000-%012x", m.next)
}

// Post asks for a task. What is refused before a task exists, parameters or a full house, has no task; what is refused
// by its computation has one that is CompletedWithError. The same request again is another task: only a client that
// sends back the task's id, or a session cookie, gets the first one.
func (m *Model) Post(request Request, url string) (*Task, *RefusalError) {
	if refusal := request.misread(); refusal != nil {
		return nil, refusal
	}
	if refusal := m.full(); refusal != nil {
		return nil, refusal
	}
	task := &Task{ID: m.id(), Request: request, URL: url, Status: Active, Start: m.clock}
	m.tasks = append(m.tasks, task)
	if m.SlowComputation == 0 {
		m.compute(task)
	}
	return task, task.Failure
}

// compute ends a task's computation: it has failed, has nothing to move, or is executed.
func (m *Model) compute(task *Task) {
	task.Failure = m.refuse(task.Request)
	if task.Failure == nil {
		moves, err := m.world.Propose(task.Request)
		task.Moves = moves
		if refusal, ok := err.(*RefusalError); ok { //nolint:errorlint // the World returns it as it is
			task.Failure = refusal
		}
	}
	switch {
	case task.Failure != nil:
		task.Status = CompletedWithError
		m.evict()
	case task.Request.Dry() || task.Moves == 0:
		task.Status = Completed
		m.remember(task.Request)
		m.evict()
	default:
		m.remember(task.Request) // when it begins: it is kept when the execution is stopped
		m.executing, m.stopping = task, false
		task.Status = Completed // until the executor is seen to have begun
	}
}

// refuse says why a request can not even be computed.
func (m *Model) refuse(request Request) *RefusalError {
	switch {
	case m.executing != nil && !request.Dry() && request.Parameters["stop_ongoing_execution"] != "true":
		return &RefusalError{"java.lang.IllegalStateException", "Cannot start a new execution while there is an ongoing " +
			"execution. Please use stop_ongoing_execution=true to stop ongoing execution and start a new one."}
	case m.Monitor == "LOADING":
		return &RefusalError{
			"java.lang.IllegalStateException",
			"Unable to generate proposal since load monitor is in LOADING state.",
		}
	case m.Windows == 0: // whatever it is: a model of the cluster is made for moves between disks and demotions too
		return noWindows()
	}
	return nil
}

func noWindows() *RefusalError {
	return &RefusalError{
		"com.linkedin.cruisecontrol.exception.NotEnoughValidWindowsException",
		"There are only 0 valid windows when aggregating in range [-1, 0] for aggregation options (minValidWindows=1).",
	}
}

// remember keeps which brokers were removed or demoted: they get no replicas, or leaderships, by default.
func (m *Model) remember(request Request) {
	ids := Brokers(request.Parameters["brokerid"])
	switch {
	case request.Dry():
	case request.Endpoint == "remove_broker":
		m.removed = union(m.removed, ids)
	case request.Endpoint == "demote_broker":
		m.demoted = union(m.demoted, ids)
	case request.Endpoint == "add_broker":
		m.Forget(ids)
	}
}

// Forget drops brokers from those that were removed.
func (m *Model) Forget(ids []int32) {
	m.removed = slices.DeleteFunc(slices.Clone(m.removed), func(id int32) bool { return slices.Contains(ids, id) })
}

// Step is one tick of a second: computations end, the execution goes on.
func (m *Model) Step() {
	const second = 1000
	m.clock += second
	for _, task := range m.Tasks() {
		if task.Status == Active && m.clock-task.Start >= int64(m.SlowComputation)*second {
			m.compute(task)
		}
	}
	if m.clock%scanMillis == 0 {
		m.Scan()
	}
	task := m.executing
	if task == nil {
		return
	}
	if !task.settled {
		task.settled = true // one tick as Completed before the executor is seen to have begun
		return
	}
	task.Status, task.scanned = InExecution, true
	switch {
	case m.stopping:
		m.Fail()
	default:
		done, err := m.world.Advance(task.Request)
		if err != nil {
			m.Fail()
		} else if done {
			m.finish(Completed)
		}
	}
}

// Scan notices what has been computed, which frees its places, and forgets what is old. Cruise Control does so every
// five seconds.
func (m *Model) Scan() {
	for _, task := range slices.Concat(m.tasks, m.looks) {
		task.scanned = task.scanned || task.Status != Active
	}
	m.tasks = slices.DeleteFunc(m.tasks, func(t *Task) bool {
		return t != m.executing && t.Status != Active && t.Start+m.KeptFor < m.clock
	})
	if over := len(m.looks) - mostKeptTasks; over > 0 {
		m.looks = slices.Delete(m.looks, 0, over)
	}
}

func (m *Model) finish(status Status) {
	m.executing.Status = status
	m.executing, m.stopping = nil, false
	m.evict()
}

// evict forgets the oldest finished tasks.
func (m *Model) evict() {
	finished := func(t *Task) bool { return t != m.executing && t.Status != Active }
	kept := 0
	for _, task := range slices.Backward(m.tasks) {
		if !finished(task) {
			continue
		}
		if kept++; kept > m.Kept {
			m.tasks = slices.DeleteFunc(m.tasks, func(t *Task) bool { return t == task })
		}
	}
}

// Fail ends the execution with an error: it was stopped, or a broker that replicas are moved to has died. What is being
// moved is taken back. Source: Cruise Control, Executor.handleDeadInterBrokerReplicaTasks.
func (m *Model) Fail() {
	if m.executing != nil {
		m.world.Stop(m.executing.Request)
		m.finish(CompletedWithError)
	}
}

// Brokers reads a list of broker ids.
func Brokers(list string) []int32 {
	var ids []int32
	for text := range strings.SplitSeq(list, ",") {
		var id int32
		if _, err := fmt.Sscanf(text, "%d", &id); err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

func union(a, b []int32) []int32 {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}
