package operation

import (
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
)

// turnOf is another operation's place; false when it is done, paused or asks for nothing, and waits for no turn.
func turnOf(object *sync.Referenced) (turn, bool) {
	other := Observed{}
	other.operation.Labels = object.Labels
	if json.Unmarshal(object.Spec, &other.operation.Spec) != nil || len(object.Status) > 0 &&
		json.Unmarshal(object.Status, &other.operation.Status) != nil {
		return turn{}, false // one that can not be read is never started
	}
	asked, _ := other.asked()
	running := other.inProgress()
	if asked.Operation == "" || other.done() || !running && (other.operation.Paused() || object.Terminating()) {
		return turn{}, false
	}
	return turn{priority(asked.Operation), object.CreationTimestamp, object.Name, running}, true
}

// own is this operation's place.
func (o *Observed) own() turn {
	asked, _ := o.asked()
	return turn{priority(asked.Operation), o.object.CreationTimestamp, o.operation.Name, o.inProgress()}
}

// priority is the order of Koperator's queue: what brings capacity or safety goes first. To stop goes before all.
func priority(operation v1alpha1.CruiseControlTaskOperation) int {
	return slices.Index([]v1alpha1.CruiseControlTaskOperation{
		v1alpha1.OperationStopExecution, v1alpha1.OperationFixOfflineReplicas, v1alpha1.OperationAddBroker,
		v1alpha1.OperationRemoveBroker, v1alpha1.OperationRemoveDisks, v1alpha1.OperationDemoteBroker,
		v1alpha1.OperationTopicConfiguration, v1alpha1.OperationRebalance,
	}, operation)
}

// behind names the operation that goes first; empty when it is this one's turn.
func (o *Observed) behind() string {
	own := o.own()
	for _, other := range o.others {
		if other.running {
			return other.name
		}
	}
	if len(o.others) > 0 && o.others[0].compare(own) < 0 {
		return o.others[0].name
	}
	return ""
}

// inProgress says that a task was started and has not ended, as far as the status knows.
func (o *Observed) inProgress() bool {
	current := o.operation.Status.CurrentTask
	return current != nil && current.Started != nil && (current.State == "" ||
		current.State == v1beta1.CruiseControlTaskActive || current.State == v1beta1.CruiseControlTaskInExecution)
}

// done says that the operation has come to its end: its task succeeded, or failed and is not tried again.
func (o *Observed) done() bool {
	current := o.operation.Status.CurrentTask
	if current == nil {
		return false
	}
	return current.State == v1beta1.CruiseControlTaskCompleted ||
		current.State == v1beta1.CruiseControlTaskCompletedWithError &&
			o.operation.Spec.OnError() == v1alpha1.ErrorPolicyIgnore
}
