package graceful

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
)

// Operation is one of the cluster's operations, observed or about to be made.
type Operation struct {
	// Name and UID are the object's; one that is about to be made has no UID.
	Name, UID string
	// Kind is the endpoint, such as add_broker; empty when the object can not be read.
	Kind v1alpha1.CruiseControlTaskOperation
	// Parameters as they stand in the object, their names in lower case.
	Parameters map[string]string
	// Targets are the brokers, or the log directories as Cruise Control writes them (3-/kafka-logs/kafka), that it is
	// for; ascending.
	Targets []string
	Phase   Phase
	// Done says that it has come to its end, well or not: it is not run again.
	Done bool
	// Finished is when the task ended; zero when it has not.
	Finished time.Time
	// Says is what the operation says of itself, one or more sentences.
	Says string
	// Unreachable says that it asked Cruise Control in vain, and why, in a sentence; empty when it did not.
	Unreachable string
	// Terminating says that the object is being deleted.
	Terminating bool
}

// For says that the operation is for a target.
func (o *Operation) For(target string) bool { return slices.Contains(o.Targets, target) }

// read reads an observed operation. What the API server has taken fits its type; of what does not nothing is known, and
// it is for nobody.
func read(object *sync.Referenced) Operation {
	o := Operation{Name: object.Name, UID: object.UID, Terminating: object.Terminating(), Phase: Scheduled}
	var operation v1alpha1.CruiseControlOperation
	if json.Unmarshal(object.Spec, &operation.Spec) != nil ||
		len(object.Status) > 0 && json.Unmarshal(object.Status, &operation.Status) != nil {
		return o
	}
	operation.Labels = object.Labels
	o.Kind, o.Parameters = operation.Spec.Operation, lowered(operation.Spec.Parameters)
	task := operation.Status.CurrentTask
	if o.Kind == "" && task != nil { // as Koperator writes it
		o.Kind, o.Parameters = task.Operation, lowered(task.Parameters)
	}
	o.Targets = targets(o.Parameters)
	for i := range operation.Status.Conditions {
		switch c := &operation.Status.Conditions[i]; {
		case c.Type == string(sync.Ready):
			o.Says = c.Message
		case c.Type == string(sync.CruiseControlReachable) && c.Status == metav1.ConditionFalse:
			o.Unreachable = c.Message
		}
	}
	if task != nil {
		o.stands(&operation, task)
	}
	return o
}

// stands says where the task stands. Source: Koperator, controllers/cruisecontroltask_types.go; there a failed task
// that is not run again counts as a success, and so does an operation that is gone.
func (o *Operation) stands(operation *v1alpha1.CruiseControlOperation, task *v1alpha1.CruiseControlTask) {
	if task.Finished != nil {
		o.Finished = task.Finished.Time
	}
	switch task.State {
	case v1beta1.CruiseControlTaskActive, v1beta1.CruiseControlTaskInExecution:
		o.Phase = Running
	case v1beta1.CruiseControlTaskCompleted:
		o.Phase, o.Done = Succeeded, true
	case v1beta1.CruiseControlTaskCompletedWithError:
		o.Phase, o.Done = CompletedWithError, operation.Spec.OnError() == v1alpha1.ErrorPolicyIgnore
		if operation.Paused() && !o.Done {
			o.Phase = Paused
		}
	}
}

// The parameters that say what an operation is for.
const (
	BrokerID      = "brokerid"
	BrokerLogDirs = "brokerid_and_logdirs"
	Destinations  = "destination_broker_ids"
)

// targets are what the operation is for, ascending.
func targets(parameters map[string]string) []string {
	var all []string
	list := cmp.Or(parameters[BrokerID], parameters[BrokerLogDirs], parameters[Destinations])
	for item := range strings.SplitSeq(list, ",") {
		if item = strings.TrimSpace(item); item != "" {
			all = append(all, item)
		}
	}
	slices.SortFunc(all, compare)
	return slices.Compact(all)
}

// compare puts broker ids into the order of numbers.
func compare(a, b string) int {
	first, _, _ := strings.Cut(a, "-")
	second, _, _ := strings.Cut(b, "-")
	return cmp.Or(cmp.Compare(len(first), len(second)), strings.Compare(a, b))
}

func lowered(parameters map[string]string) map[string]string {
	names := make(map[string]string, len(parameters))
	for name, value := range parameters {
		names[strings.ToLower(name)] = value
	}
	return names
}
