package sync

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// ToCruiseControl is the part that all commands to Cruise Control share.
type ToCruiseControl struct {
	Connection CruiseControlConnection
}

// To says that Cruise Control performs it.
func (ToCruiseControl) To() Adapter { return AdapterCruiseControl }

// StartTask starts a user task. Reason makes it safe to repeat: a task with the same reason that Cruise Control still
// knows is left to run, and no second one is started.
type StartTask struct {
	ToCruiseControl
	// Endpoint such as add_broker.
	Endpoint   string
	Parameters map[string]string
	// Reason is unique to this start: the operation's UID and its attempt.
	Reason string
}

// String says what it does.
func (c StartTask) String() string {
	parameters := make([]string, 0, len(c.Parameters))
	for _, key := range slices.Sorted(maps.Keys(c.Parameters)) {
		parameters = append(parameters, key+"="+c.Parameters[key])
	}
	text := fmt.Sprintf("start %s for %s: %s", c.Endpoint, c.Reason, strings.Join(parameters, " "))
	return strings.TrimSuffix(text, ": ")
}

// StopExecution stops the execution that runs, if it is that of the task. Cruise Control's stop names no task, so it is
// not sent while another one is executed.
type StopExecution struct {
	ToCruiseControl
	Task   string
	Reason string
	// Force is force_stop: what Kafka is moving already is given up too. ExternalAgent is stop_external_agent: so is what
	// somebody else moves.
	Force, ExternalAgent bool
}

// String says what it does.
func (c StopExecution) String() string {
	text := "stop task " + c.Task + ": " + c.Reason
	if c.Force {
		text += " force_stop=true"
	}
	if c.ExternalAgent {
		text += " stop_external_agent=true"
	}
	return text
}

// DropRecentlyRemoved makes Cruise Control forget that brokers were removed, so that they may hold replicas again.
type DropRecentlyRemoved struct {
	ToCruiseControl
	Brokers []int32
}

// String says what it does.
func (c DropRecentlyRemoved) String() string {
	return "forget the removal of brokers " + strings.Trim(fmt.Sprint(c.Brokers), "[]")
}

// Sampling pauses or resumes the sampling of metrics.
type Sampling struct {
	ToCruiseControl
	Pause  bool
	Reason string
}

// String says what it does.
func (c Sampling) String() string {
	if c.Pause {
		return "pause sampling: " + c.Reason
	}
	return "resume sampling: " + c.Reason
}
