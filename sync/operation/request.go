package operation

import (
	"fmt"
	"maps"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kompositor/kompositor/api/v1alpha1"
)

// task is what Cruise Control is asked to do.
type task struct {
	Operation  v1alpha1.CruiseControlTaskOperation
	Parameters map[string]string
}

// asked is what the operation asks for and where that stands: in the spec, else, as Koperator's users write it, in the
// status.
func (o *Observed) asked() (task, *field.Path) {
	if o.operation.Spec.Operation != "" {
		return task{o.operation.Spec.Operation, o.operation.Spec.Parameters}, field.NewPath("spec")
	}
	if current := o.operation.Status.CurrentTask; current != nil {
		return task{current.Operation, current.Parameters}, field.NewPath("status", "currentTask")
	}
	return task{}, field.NewPath("spec")
}

// operations are those that can be asked for.
func operations() []v1alpha1.CruiseControlTaskOperation {
	return []v1alpha1.CruiseControlTaskOperation{
		v1alpha1.OperationAddBroker, v1alpha1.OperationRemoveBroker, v1alpha1.OperationRemoveDisks,
		v1alpha1.OperationRebalance, v1alpha1.OperationDemoteBroker, v1alpha1.OperationFixOfflineReplicas,
		v1alpha1.OperationTopicConfiguration, v1alpha1.OperationStopExecution,
	}
}

// neededParameters are the parameters that an operation can not do without, one of each group; false for an operation
// that can not be asked for. Source: Cruise Control, the parameters classes of its endpoints.
func neededParameters(operation v1alpha1.CruiseControlTaskOperation) ([][]string, bool) {
	switch operation {
	case v1alpha1.OperationAddBroker, v1alpha1.OperationRemoveBroker:
		return [][]string{{"brokerid"}}, true
	case v1alpha1.OperationDemoteBroker:
		return [][]string{{"brokerid", "brokerid_and_logdirs"}}, true
	case v1alpha1.OperationRemoveDisks:
		return [][]string{{"brokerid_and_logdirs"}}, true
	case v1alpha1.OperationTopicConfiguration:
		return [][]string{{"topic"}, {"replication_factor"}}, true
	case v1alpha1.OperationRebalance, v1alpha1.OperationFixOfflineReplicas, v1alpha1.OperationStopExecution:
		return nil, true
	case v1alpha1.OperationStatus: // Koperator's own, and nothing to do here
	}
	return nil, false
}

// parameters are what is sent: what is asked for, over what Koperator sends with every task.
func (t task) parameters() map[string]string {
	sent := map[string]string{"dryrun": "false"}
	if t.Operation != v1alpha1.OperationRemoveDisks && t.Operation != v1alpha1.OperationDemoteBroker {
		sent["allow_capacity_estimation"], sent["data_from"] = "true", "VALID_WINDOWS"
		if t.Parameters["goals"] == "" {
			sent["use_ready_default_goals"] = "true"
		}
	}
	maps.Copy(sent, t.Parameters)
	return sent
}

// dry says that nothing is to be moved.
func (t task) dry() bool { return t.parameters()["dryrun"] == "true" }

// reason is the mark by which the task of an attempt is found again. It has no character that a query would escape.
func (o *Observed) reason() string {
	return fmt.Sprintf("%s/%d", o.operation.UID, o.operation.Status.RetryCount+1)
}
