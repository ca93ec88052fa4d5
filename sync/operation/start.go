package operation

import (
	"fmt"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
)

// start starts the task of the present attempt: in one call its request is written into the status, in the next one
// it is sent. So an operation whose status has no request has none on its way, and goes when it is deleted, whether
// Cruise Control can be asked or not. A request that can not be sent after all is taken back.
func (p *plan) start() {
	if p.waitsOff() {
		return
	}
	if reason, why, resync := p.obstacle(); why != "" {
		p.renew(p.asked)
		if reason == sync.Paused {
			p.paused()
			return
		}
		p.waits(reason, why, resync)
		return
	}
	request := p.o.httpRequest(p.asked, attempt(p.status))
	if p.task.HTTPRequest != request {
		p.renew(p.asked)
		p.task.HTTPRequest = request
		p.waitsf(sync.TaskStarting, resyncAtOnce, "the task %s is about to be started", p.asked.Operation)
		return
	}
	now := metav1.NewTime(p.facts.Now.UTC().Truncate(time.Second))
	p.renew(p.asked)
	p.task.HTTPRequest, p.task.Started, p.task.State = request, &now, v1beta1.CruiseControlTaskActive
	p.tell(sync.StartTask{
		ToCruiseControl: p.toCruiseControl(), Endpoint: string(p.asked.Operation), Parameters: p.asked.parameters(),
		Reason: p.o.reason(attempt(p.status)),
	})
	p.waitsf(sync.TaskRunning, resyncAfterCommand, "the task %s was started", p.asked.Operation)
	p.refused, p.retryWhen = p.o.notStarted(now), retryWhen
}

// obstacle says in a clause why the task may not be started now, and how soon to look again; empty when it may.
func (p *plan) obstacle() (sync.Reason, string, time.Duration) {
	state, _ := p.facts.CruiseControl.State.Get()
	tasks, _ := p.facts.CruiseControl.Tasks.Get()
	switch {
	case p.o.operation.Paused():
		return sync.Paused, "it is paused", 0
	case len(p.o.mistakes) > 0:
		return sync.InvalidSpec, "the spec has mistakes; see the condition SpecValid", 0
	}
	if behind := p.o.behind(p.facts.Now); behind != "" {
		return sync.OperationQueued, behind, resyncWhileWaiting
	}
	if busy := p.busy(&state, tasks); busy != "" {
		return sync.CruiseControlBusy, busy, resyncWhileWaiting
	}
	if lacks := p.lacks(&state); lacks != "" {
		return sync.CruiseControlNotReady, lacks, resyncWhileWaiting
	}
	if strangers := p.strangers(); strangers != "" {
		return sync.CruiseControlNotReady, strangers, resyncWhileWaiting
	}
	return "", "", 0
}

// busy says that Cruise Control moves something already, whoever has asked for that. It executes one task at a time,
// and two of which it computes the proposals together are refused or, worse, follow one another on the state of
// before.
func (p *plan) busy(state *sync.CruiseControlState, tasks []sync.UserTask) string {
	if p.asked.dry() {
		return ""
	}
	if !state.Idle() {
		whose := state.ExecutorReason
		if whose == "" {
			whose = "nobody says what for"
		}
		return fmt.Sprintf("Cruise Control executes something else (task %q, %s)", state.ExecutorTask, whose)
	}
	for i := range tasks {
		if other := &tasks[i]; other.Status != sync.TaskCompleted && other.Status != sync.TaskCompletedWithError &&
			strings.Contains(strings.ToLower(other.Request), dryRun+"=false") {
			return fmt.Sprintf("Cruise Control computes another task (%s, %s)", other.Endpoint, other.ID)
		}
	}
	return ""
}

// loading is the state of the load monitor in which Cruise Control refuses all proposals.
const loading = "LOADING"

// lacks says what Cruise Control still has to learn before it can make a proposal. Every proposal needs a window of
// metrics: to empty disks and to move leaderships too it makes a model of the cluster. As with Koperator, a goal that
// has not enough metrics is waited for, unless the operation names its own goals: proposals would leave it out.
// Source: Cruise Control, clusterModelCompletenessRequirements of its goals.
func (p *plan) lacks(state *sync.CruiseControlState) string {
	switch {
	case state.Monitor == loading:
		return "Cruise Control is still loading its samples"
	case state.ValidWindows <= 0:
		return "Cruise Control has no metrics yet: its load monitor has no valid window"
	case len(state.GoalsNotReady) > 0 && p.asked.waitsForGoals():
		return "Cruise Control has not enough metrics yet for its goals: " + strings.Join(state.GoalsNotReady, ", ")
	}
	return ""
}

// stateDead is a broker that holds replicas and is not there.
const stateDead = "DEAD"

// strangers says which of the brokers that are to be given replicas Cruise Control does not know to be alive. It
// learns of a new one with its next look at Kafka's metadata, and refuses a task for one that it does not know.
// Source: Cruise Control, KafkaCruiseControl.sanityCheckBrokerPresence.
func (p *plan) strangers() string {
	if p.asked.Operation != v1alpha1.OperationAddBroker || p.o.aboutToStart() {
		return ""
	}
	brokers, known := p.facts.CruiseControl.Brokers.Get()
	if !known {
		return "which brokers Cruise Control knows is not known: " + p.facts.CruiseControl.Brokers.Why()
	}
	var unknown []string
	for id := range strings.SplitSeq(p.asked.Parameters[brokerID], ",") {
		if !slices.ContainsFunc(brokers, func(b sync.CruiseControlBroker) bool {
			return fmt.Sprint(b.ID) == strings.TrimSpace(id) && b.State != stateDead
		}) {
			unknown = append(unknown, strings.TrimSpace(id))
		}
	}
	if len(unknown) == 0 {
		return ""
	}
	return "Cruise Control does not know yet of the brokers that are to be given replicas: " + strings.Join(unknown, ", ")
}
