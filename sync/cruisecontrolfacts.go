package sync

// CruiseControlFacts are what Cruise Control says. None of them is proof that a broker or a log directory is empty:
// that is Kafka's to say (the law of data, docs/simulation.md).
type CruiseControlFacts struct {
	State   Fact[CruiseControlState]    `json:"state,omitzero"`
	Tasks   Fact[[]UserTask]            `json:"tasks,omitzero"`
	Brokers Fact[[]CruiseControlBroker] `json:"brokers,omitzero"`
	Load    Fact[[]BrokerLoad]          `json:"load,omitzero"`
	// AtCapacity says that a question was refused because Cruise Control has as many active tasks as it takes. Each
	// question is one, until its scanner passes, which it does every 5 s. Source: Cruise Control, UserTaskManager.
	AtCapacity bool `json:"atCapacity,omitzero"`
}

// CruiseControlState is the answer to Cruise Control's state endpoint, as far as decisions need it. Its words are those
// of Cruise Control.
type CruiseControlState struct {
	// Monitor is the load monitor's state, such as RUNNING, SAMPLING, PAUSED or LOADING.
	Monitor string `json:"monitor"`
	// MonitorReason is why sampling was paused or resumed last.
	MonitorReason string `json:"monitorReason,omitzero"`
	// ValidWindows is the number of monitored windows.
	ValidWindows int `json:"validWindows"`
	// MonitoringCoverage is the share of partitions that are monitored, percent.
	MonitoringCoverage float64 `json:"monitoringCoverage,omitzero"`
	// ProposalReady says that a valid proposal is cached; it comes and goes with the cache.
	ProposalReady bool `json:"proposalReady,omitzero"`
	// GoalsNotReady are the goals that lack data, where that was asked for.
	GoalsNotReady []string `json:"goalsNotReady,omitempty"`
	// Executor is the executor's state, such as NO_TASK_IN_PROGRESS.
	Executor string `json:"executor"`
	// ExecutorTask is the id of the user task that is executed, and ExecutorReason the reason it was started for.
	ExecutorTask   string `json:"executorTask,omitzero"`
	ExecutorReason string `json:"executorReason,omitzero"`
	// ExecutorError is what the last execution failed with.
	ExecutorError string `json:"executorError,omitzero"`
	// FinishedMB and TotalMB are the progress of the movement between brokers, or between the disks of each, megabytes.
	FinishedMB int64 `json:"finishedMB,omitzero"`
	TotalMB    int64 `json:"totalMB,omitzero"`
	// FinishedLeaders and TotalLeaders are the progress of the movement of leaderships, partitions.
	FinishedLeaders int64 `json:"finishedLeaders,omitzero"`
	TotalLeaders    int64 `json:"totalLeaders,omitzero"`
	// RecentlyRemoved are the brokers that get no replica by default because they were removed of late.
	RecentlyRemoved []int32 `json:"recentlyRemoved,omitempty"`
	RecentlyDemoted []int32 `json:"recentlyDemoted,omitempty"`
}

// ExecutorIdle is the executor's state while nothing is moved.
const ExecutorIdle = "NO_TASK_IN_PROGRESS"

// Idle says that nothing is being executed.
func (s *CruiseControlState) Idle() bool { return s.Executor == ExecutorIdle }

// UserTaskStatus is where a task stands.
type UserTaskStatus string

// The states of a user task. A task is briefly Completed between the end of its computation and the start of its
// execution. Source: Cruise Control, UserTaskManager.TaskState.
const (
	TaskActive             UserTaskStatus = "Active"
	TaskInExecution        UserTaskStatus = "InExecution"
	TaskCompleted          UserTaskStatus = "Completed"
	TaskCompletedWithError UserTaskStatus = "CompletedWithError"
)

// UserTask is one task as user_tasks shows it.
type UserTask struct {
	ID string `json:"id"`
	// Endpoint in lower case, such as add_broker.
	Endpoint string `json:"endpoint"`
	// Reason is the request's reason parameter.
	Reason string         `json:"reason,omitzero"`
	Status UserTaskStatus `json:"status"`
	// StartMillis is when it was started, Unix milliseconds.
	StartMillis int64 `json:"startMillis"`
	// Request is the path and query that it was started with.
	Request string `json:"request,omitzero"`
	// Summary of the proposal, and Error of a task that failed, where Cruise Control still has its answer.
	Summary map[string]string `json:"summary,omitempty"`
	Error   string            `json:"error,omitzero"`
	// Failure is what the error means, where that is known.
	Failure Failure `json:"failure,omitzero"`
}

// CruiseControlBroker is a broker as Cruise Control knows it.
type CruiseControlBroker struct {
	ID int32 `json:"id"`
	// State is ALIVE, DEAD or BAD_DISKS.
	State string `json:"state,omitzero"`
	// Replicas is how many it holds.
	Replicas       int      `json:"replicas"`
	OnlineLogDirs  []string `json:"onlineLogDirs,omitempty"`
	OfflineLogDirs []string `json:"offlineLogDirs,omitempty"`
}

// BrokerLoad is what a broker carries, as Cruise Control reckons it from its metrics.
type BrokerLoad struct {
	ID int32 `json:"id"`
	// State is ALIVE, DEAD, NEW, DEMOTED or BAD_DISKS.
	State string `json:"state"`
	Rack  string `json:"rack,omitzero"`
	// DiskMB is megabytes, CPUPercent percent of the broker's CPU, the network rates are kilobytes a second.
	DiskMB       float64 `json:"diskMB"`
	CPUPercent   float64 `json:"cpuPercent"`
	NetworkInKB  float64 `json:"networkInKB"`
	NetworkOutKB float64 `json:"networkOutKB"`
	Replicas     int     `json:"replicas"`
	Leaders      int     `json:"leaders"`
}
