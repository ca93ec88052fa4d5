package operation

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/go-json-experiment/json"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
)

// turn is an operation's place in the queue of its cluster.
type turn struct {
	priority int
	created  string
	name     string
	// running says that its task was started and has not been seen to end.
	running bool
	// from is when it may begin: one whose task has failed lets others go first for a while.
	from time.Time
}

func (t turn) compare(other turn) int {
	return cmp.Or(cmp.Compare(t.priority, other.priority), cmp.Compare(t.created, other.created),
		cmp.Compare(t.name, other.name))
}

// turnOf is another operation's place; false when it is at its end, is paused, moves nothing or can not be started, and
// so neither has a turn nor waits for one.
func turnOf(object *sync.Referenced) (turn, bool) {
	other := Observed{}
	other.operation.Labels, other.operation.UID = object.Labels, types.UID(object.UID)
	other.generation = object.Generation
	if json.Unmarshal(object.Spec, &other.operation.Spec) != nil || len(object.Status) > 0 &&
		json.Unmarshal(object.Status, &other.operation.Status) != nil {
		return turn{}, false // one that can not be read is never started
	}
	at, running := other.underWay(), other.running()
	switch {
	case at.Operation == "" || at.dry() || other.done():
		return turn{}, false
	case !running && (other.operation.Paused() || object.Terminating() || len(other.validate()) > 0):
		return turn{}, false
	}
	return turn{priority(at.Operation), object.CreationTimestamp, object.Name, running, other.from()}, true
}

// priority is the order of Koperator's queue: what brings capacity or safety goes first. To stop goes before all.
func priority(operation v1alpha1.CruiseControlTaskOperation) int {
	return slices.Index([]v1alpha1.CruiseControlTaskOperation{
		v1alpha1.OperationStopExecution, v1alpha1.OperationFixOfflineReplicas, v1alpha1.OperationAddBroker,
		v1alpha1.OperationRemoveBroker, v1alpha1.OperationRemoveDisks, v1alpha1.OperationDemoteBroker,
		v1alpha1.OperationTopicConfiguration, v1alpha1.OperationRebalance,
	}, operation)
}

// behind says in a clause which operations go first; empty when it is this one's turn. Only what moves something waits
// for a turn.
func (o *Observed) behind(now time.Time) string {
	asked, _ := o.asked()
	if asked.dry() || asked.stops() {
		return ""
	}
	own := turn{priority: priority(asked.Operation), created: o.object.CreationTimestamp, name: o.operation.Name}
	var first []string
	for _, other := range o.others {
		switch {
		case other.running:
			first = slices.Insert(first, 0, other.name+", which is running")
		case !other.from.After(now) && other.compare(own) < 0:
			first = append(first, other.name)
		}
	}
	switch len(first) {
	case 0:
		return ""
	case 1:
		return "it waits for its turn behind operation " + first[0]
	}
	return fmt.Sprintf("it waits for its turn behind %d operations, the first of them %s", len(first), first[0])
}

// unasked says in a clause why Cruise Control need not be asked: the operation has not begun, and others go first
// whatever the answer would be. Empty when there is no such reason.
func (o *Observed) unasked() string {
	if o.current().State != "" || o.inFlight() {
		return ""
	}
	return o.behind(time.Time{})
}

// running says that a task was started and has not been seen to end.
func (o *Observed) running() bool {
	state := o.current().State
	return state == v1beta1.CruiseControlTaskActive || state == v1beta1.CruiseControlTaskInExecution
}

// inFlight says that a task was started, or may have been, and has not been seen to end.
func (o *Observed) inFlight() bool {
	current := o.current()
	switch current.State {
	case v1beta1.CruiseControlTaskActive, v1beta1.CruiseControlTaskInExecution:
		return true
	case v1beta1.CruiseControlTaskCompleted:
		return false
	case v1beta1.CruiseControlTaskCompletedWithError:
		// the answer to its start was lost or was no
		return current.ID == "" && o.announced() && o.rejected() == nil
	}
	return o.announced()
}

// done says that the operation has come to its end: its task has succeeded, or failed and is not tried again. One whose
// task Cruise Control was never seen with has not.
func (o *Observed) done() bool {
	current := o.current()
	switch current.State {
	case v1beta1.CruiseControlTaskCompleted:
		return true
	case v1beta1.CruiseControlTaskCompletedWithError:
		return o.operation.Spec.OnError() == v1alpha1.ErrorPolicyIgnore && !o.inFlight()
	case v1beta1.CruiseControlTaskActive, v1beta1.CruiseControlTaskInExecution:
	}
	return false
}
