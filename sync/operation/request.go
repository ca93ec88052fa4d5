package operation

import (
	"fmt"
	"maps"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/sync"
)

// task is what Cruise Control is asked to do. The names of its parameters are in lower case: Cruise Control compares
// them without regard to case, and a dryRun that is overlooked would move data.
type task struct {
	Operation  v1alpha1.CruiseControlTaskOperation
	Parameters map[string]string
}

// asked is what the operation asks for and where that stands: in the spec, else, as Koperator's users write it, in the
// status.
func (o *Observed) asked() (task, *field.Path) {
	if spec := &o.operation.Spec; spec.Operation != "" {
		return task{spec.Operation, lowered(spec.Parameters)}, field.NewPath("spec")
	}
	if current := o.operation.Status.CurrentTask; current != nil {
		return task{current.Operation, lowered(current.Parameters)}, field.NewPath("status", "currentTask")
	}
	return task{}, field.NewPath("spec")
}

// underWay is what was started, or may have been: a change of the spec does not change it. Where nothing was, or
// where it has failed and is tried again, it is what is asked for.
func (o *Observed) underWay() task {
	if current := o.current(); o.inFlight() || o.done() {
		return task{current.Operation, lowered(current.Parameters)}
	}
	asked, _ := o.asked()
	return asked
}

func lowered(parameters map[string]string) map[string]string {
	if len(parameters) == 0 {
		return nil
	}
	names := make(map[string]string, len(parameters))
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		names[strings.ToLower(name)] = parameters[name]
	}
	return names
}

// parameters are what is sent: what is asked for, over what Koperator sends with every task.
func (t task) parameters() map[string]string {
	sent := map[string]string{dryRun: "false"}
	if t.weighsLoads() {
		sent["allow_capacity_estimation"], sent["data_from"] = "true", "VALID_WINDOWS"
		if t.Parameters["goals"] == "" {
			sent["use_ready_default_goals"] = "true"
		}
	}
	maps.Copy(sent, t.Parameters)
	return sent
}

// dryRun is the parameter that asks for a proposal alone.
const dryRun = "dryrun"

// dry says that nothing is to be moved.
func (t task) dry() bool { return strings.EqualFold(t.Parameters[dryRun], "true") }

// stops says that nothing is to be started, but what runs is to be stopped.
func (t task) stops() bool { return t.Operation == v1alpha1.OperationStopExecution }

// weighsLoads says that Cruise Control weighs loads for the task.
func (t task) weighsLoads() bool {
	return t.Operation != v1alpha1.OperationRemoveDisks && t.Operation != v1alpha1.OperationDemoteBroker && !t.stops()
}

// waitsForGoals says that the task waits until all default goals have enough metrics: also where it brings goals of its
// own, because nothing else tells whether the windows of metrics that there are can be used.
func (t task) waitsForGoals() bool { return t.Parameters["goals"] == "" && !t.stops() }

// attempt is the number of the attempt that the status speaks about.
func attempt(status *v1alpha1.CruiseControlOperationStatus) int { return status.RetryCount + 1 }

// reason is the mark by which the task of an attempt is found again. It has no character that a query would escape.
func (o *Observed) reason(attempt int) string { return o.mark() + strconv.Itoa(attempt) }

// mark is what the reasons of all attempts begin with.
func (o *Observed) mark() string { return string(o.operation.UID) + "/" }

// attemptOf reads a reason; false when it is not one of this operation's.
func (o *Observed) attemptOf(reason string) (int, bool) {
	number, ours := strings.CutPrefix(reason, o.mark())
	attempt, err := strconv.Atoi(number)
	return attempt, ours && err == nil && attempt > 0 && attempt <= mostAttempts
}

// mostAttempts bounds what is believed of a reason: it takes ten years to get there.
const mostAttempts = 1_000_000

// httpRequest is the request of an attempt, as the status tells it. A login that stands in the URL is not repeated.
func (o *Observed) httpRequest(t task, attempt int) string {
	query := url.Values{"reason": {o.reason(attempt)}}
	for name, value := range t.parameters() {
		if !t.stops() || name == forceStop || name == externalAgent {
			query.Set(name, value)
		}
	}
	scheme, rest, _ := strings.Cut(o.cluster.CruiseControl.URL, "://")
	return fmt.Sprintf("%s://%s/%s?%s", scheme, rest[strings.LastIndexByte(rest, '@')+1:], t.Operation, query.Encode())
}

// announced says that a request of this operation's own was written down, and so may have been sent. One that Koperator
// has sent has no reason.
func (o *Observed) announced() bool {
	return strings.Contains(o.current().HTTPRequest, url.Values{"reason": {o.mark()}}.Encode())
}

// aboutToStart says that the request of a task was written down, and is to be sent for the first time.
func (o *Observed) aboutToStart() bool { return o.announced() && o.current().State == "" }

// taskQuestion asks for the answer of the current task. What it was started with is read from the request as it was
// written down: another release of ours may send another one. Of what Koperator has started that is not known exactly.
func (o *Observed) taskQuestion() sync.TaskQuestion {
	question := sync.TaskQuestion{ID: o.current().ID}
	sent, err := url.Parse(o.current().HTTPRequest)
	if err != nil || !o.announced() {
		return question
	}
	question.Endpoint, question.Parameters = path.Base(sent.Path), make(map[string]string)
	for name, values := range sent.Query() {
		question.Parameters[name] = values[0]
	}
	return question
}
