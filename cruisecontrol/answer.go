package cruisecontrol

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/kompositor/kompositor/sync"
)

// wholeState is the answer of state. Verbose, it lists every movement of the execution, and tells which goals lack
// data.
type wholeState struct {
	Monitor *struct {
		State    string  `json:"state"`
		Reason   string  `json:"reasonOfLatestPauseOrResume"`
		Windows  int     `json:"numMonitoredWindows"`
		Coverage float64 `json:"monitoringCoveragePct"`
	} `json:"MonitorState"`
	Executor *struct {
		State    string  `json:"state"`
		Task     string  `json:"triggeredUserTaskId"`
		Healing  string  `json:"triggeredSelfHealingTaskId"`
		Reason   string  `json:"triggeredTaskReason"`
		Finished int64   `json:"finishedDataMovement"`
		Total    int64   `json:"totalDataToMove"`
		Within   int64   `json:"finishedIntraBrokerDataMovement"`
		AllIn    int64   `json:"totalIntraBrokerDataToMove"`
		Led      int64   `json:"numFinishedLeadershipMovements"`
		ToLead   int64   `json:"numTotalLeadershipMovements"`
		Removed  []int32 `json:"recentlyRemovedBrokers"`
		Demoted  []int32 `json:"recentlyDemotedBrokers"`
		Error    string  `json:"error"`
	} `json:"ExecutorState"`
	Analyzer *struct {
		Ready bool `json:"isProposalReady"`
		Goals []struct {
			Name   string `json:"name"`
			Status string `json:"status"`
		} `json:"goalReadiness"`
	} `json:"AnalyzerState"`
}

// noReason is what Cruise Control says of sampling that was neither paused nor resumed.
const noReason = "N/A"

// state asks for monitor, executor and analyzer, in one request: each takes one of the places for active tasks, of
// which Cruise Control has few.
func (c *client) state(ctx context.Context, goals bool) (sync.CruiseControlState, error) {
	query := url.Values{"substates": {"monitor,executor,analyzer"}}
	if goals {
		query.Set("verbose", "true")
	}
	var got wholeState
	if err := c.read(ctx, "state", query, &got); err != nil {
		return sync.CruiseControlState{}, err
	}
	monitor, executor := got.Monitor, got.Executor
	if monitor == nil || executor == nil || got.Analyzer == nil {
		return sync.CruiseControlState{}, errors.New("the answer of state lacks its parts")
	}
	state := sync.CruiseControlState{
		Monitor: monitor.State, MonitorReason: monitor.Reason, ValidWindows: monitor.Windows,
		MonitoringCoverage: monitor.Coverage, ProposalReady: got.Analyzer.Ready, Executor: executor.State,
		ExecutorTask: cmp.Or(executor.Task, executor.Healing), ExecutorReason: executor.Reason,
		// Each phase of an execution tells of its own movements alone. Source: Cruise Control, ExecutorState.
		ExecutorError: executor.Error, FinishedMB: executor.Finished + executor.Within,
		TotalMB: executor.Total + executor.AllIn, FinishedLeaders: executor.Led, TotalLeaders: executor.ToLead,
		RecentlyRemoved: sorted(executor.Removed), RecentlyDemoted: sorted(executor.Demoted),
	}
	if state.MonitorReason == noReason {
		state.MonitorReason = ""
	}
	for _, goal := range got.Analyzer.Goals {
		if goal.Status != "ready" {
			state.GoalsNotReady = append(state.GoalsNotReady, goal.Name)
		}
	}
	slices.Sort(state.GoalsNotReady)
	return state, nil
}

func sorted(ids []int32) []int32 {
	slices.Sort(ids)
	return ids
}

// userTask is a task as user_tasks shows it.
type userTask struct {
	ID      string `json:"UserTaskId"`
	Request string `json:"RequestURL"`
	Start   string `json:"StartMs"`
	Status  string `json:"Status"`
	// Answer is JSON in a string; it is there only of a task that is not active any more, and only when asked for.
	Answer string `json:"originalResponse"`
}

// tasks asks for every user task that Cruise Control remembers, and for the answers of some.
func (c *client) tasks(ctx context.Context, answers []sync.TaskQuestion) ([]sync.UserTask, error) {
	known, err := c.userTasks(ctx, url.Values{})
	if err != nil {
		return nil, err
	}
	var answered []userTask
	if len(answers) > 0 {
		ids := make([]string, 0, len(answers))
		for i := range answers {
			ids = append(ids, answers[i].ID)
		}
		query := url.Values{"user_task_ids": {strings.Join(ids, ",")}, "fetch_completed_task": {"true"}}
		if answered, err = c.userTasks(ctx, query); err != nil {
			return nil, err
		}
	}
	tasks := make([]sync.UserTask, 0, len(known))
	for i := range known {
		task := known[i].read()
		for j := range answered {
			if answered[j].ID == task.ID {
				task.Summary, task.Error = readAnswer(answered[j].Answer)
			}
		}
		for j := range answers {
			if answers[j].ID == task.ID && task.Status == sync.TaskCompletedWithError && task.Error == "" {
				task.Failure, task.Error = c.cause(ctx, &answers[j])
			}
		}
		tasks = append(tasks, task)
	}
	slices.SortFunc(tasks, func(a, b sync.UserTask) int {
		return cmp.Or(cmp.Compare(a.StartMillis, b.StartMillis), cmp.Compare(a.ID, b.ID))
	})
	return tasks, nil
}

func (c *client) userTasks(ctx context.Context, query url.Values) ([]userTask, error) {
	var got struct {
		Tasks []userTask `json:"userTasks"`
	}
	err := c.read(ctx, "user_tasks", query, &got)
	return got.Tasks, err
}

// read understands a task: its endpoint and reason stand in the request that it was started with, such as
// "POST /kafkacruisecontrol/add_broker?brokerid=3&reason=...". Cruise Control writes the values without escaping them,
// so this is no URL to parse. Source: Cruise Control, KafkaCruiseControlServletUtils.queryWithParameters.
func (t *userTask) read() sync.UserTask {
	task := sync.UserTask{ID: t.ID, Status: sync.UserTaskStatus(t.Status), Request: t.Request}
	task.StartMillis, _ = strconv.ParseInt(t.Start, 10, 64)
	path, query, _ := strings.Cut(t.Request, "?")
	task.Endpoint = strings.ToLower(path[strings.LastIndexByte(path, '/')+1:])
	for parameter := range strings.SplitSeq(query, "&") {
		if name, value, _ := strings.Cut(parameter, "="); strings.EqualFold(name, "reason") {
			task.Reason = value
		}
	}
	return task
}

// readAnswer takes the summary, or the error, out of the answer that a task gave.
func readAnswer(text string) (summary map[string]string, failure string) {
	if text == "" {
		return nil, ""
	}
	if text == string(sync.TaskCompletedWithError) {
		return nil, "" // all that it keeps of a task whose computation failed
	}
	var got struct {
		Summary map[string]json.RawMessage `json:"summary"`
		Error   string                     `json:"errorMessage"`
	}
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		return nil, bounded(text)
	}
	for key, value := range got.Summary {
		if summary == nil {
			summary = make(map[string]string, len(got.Summary))
		}
		var plain string
		if json.Unmarshal(value, &plain) != nil {
			plain = string(value)
		}
		summary[key] = bounded(plain)
	}
	return summary, bounded(got.Error)
}

// brokersDead stands in the place of the log directories of a broker that is dead, and logDirsUnknown in that of one
// which did not answer. Source: Cruise Control, ClusterBrokerState.
const (
	brokersDead    = "broker_dead"
	logDirsUnknown = "timed_out"
)

// brokers asks which brokers Cruise Control knows. It needs no metrics for that.
func (c *client) brokers(ctx context.Context) ([]sync.CruiseControlBroker, error) {
	var got struct {
		Brokers *struct {
			Replicas map[string]int      `json:"ReplicaCountByBrokerId"`
			Online   map[string][]string `json:"OnlineLogDirsByBrokerId"`
			Offline  map[string][]string `json:"OfflineLogDirsByBrokerId"`
		} `json:"KafkaBrokerState"`
	}
	if err := c.read(ctx, "kafka_cluster_state", url.Values{}, &got); err != nil {
		return nil, err
	}
	if got.Brokers == nil {
		return nil, errors.New("the answer of kafka_cluster_state lacks KafkaBrokerState")
	}
	brokers := make([]sync.CruiseControlBroker, 0, len(got.Brokers.Replicas))
	for text, replicas := range got.Brokers.Replicas {
		id, err := strconv.ParseInt(text, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("kafka_cluster_state names a broker %q", text)
		}
		online, offline := got.Brokers.Online[text], got.Brokers.Offline[text]
		broker := sync.CruiseControlBroker{ID: int32(id), Replicas: replicas, State: stateOf(online, offline)}
		if broker.State != stateDead && !slices.Contains(online, logDirsUnknown) {
			broker.OnlineLogDirs, broker.OfflineLogDirs = ordered(online), ordered(offline)
		}
		brokers = append(brokers, broker)
	}
	slices.SortFunc(brokers, func(a, b sync.CruiseControlBroker) int { return cmp.Compare(a.ID, b.ID) })
	return brokers, nil
}

// The states of a broker that its log directories tell.
const (
	stateAlive    = "ALIVE"
	stateDead     = "DEAD"
	stateBadDisks = "BAD_DISKS"
)

func stateOf(online, offline []string) string {
	switch {
	case slices.Contains(online, brokersDead):
		return stateDead
	case len(offline) > 0 && !slices.Contains(offline, logDirsUnknown):
		return stateBadDisks
	}
	return stateAlive
}

func ordered(texts []string) []string {
	slices.Sort(texts)
	return texts
}

// load asks for what each broker carries. It needs at least one window of metrics.
func (c *client) load(ctx context.Context) ([]sync.BrokerLoad, error) {
	var got struct {
		Brokers []struct {
			ID       int32   `json:"Broker"`
			State    string  `json:"BrokerState"`
			Rack     string  `json:"Rack"`
			DiskMB   float64 `json:"DiskMB"`
			CPU      float64 `json:"CpuPct"`
			In       float64 `json:"LeaderNwInRate"`
			Follow   float64 `json:"FollowerNwInRate"`
			Out      float64 `json:"NwOutRate"`
			Replicas int     `json:"Replicas"`
			Leaders  int     `json:"Leaders"`
		} `json:"brokers"`
	}
	if err := c.read(ctx, "load", url.Values{"allow_capacity_estimation": {"true"}}, &got); err != nil {
		return nil, err
	}
	loads := make([]sync.BrokerLoad, 0, len(got.Brokers))
	for i := range got.Brokers {
		b := &got.Brokers[i]
		loads = append(loads, sync.BrokerLoad{
			ID: b.ID, State: b.State, Rack: b.Rack, DiskMB: b.DiskMB, CPUPercent: b.CPU,
			NetworkInKB: b.In + b.Follow, NetworkOutKB: b.Out, Replicas: b.Replicas, Leaders: b.Leaders,
		})
	}
	slices.SortFunc(loads, func(a, b sync.BrokerLoad) int { return cmp.Compare(a.ID, b.ID) })
	return loads, nil
}
