package operation

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/api/v1beta1"
)

// operations are those that can be asked for.
func operations() []v1alpha1.CruiseControlTaskOperation {
	return []v1alpha1.CruiseControlTaskOperation{
		v1alpha1.OperationAddBroker, v1alpha1.OperationRemoveBroker, v1alpha1.OperationRemoveDisks,
		v1alpha1.OperationRebalance, v1alpha1.OperationDemoteBroker, v1alpha1.OperationFixOfflineReplicas,
		v1alpha1.OperationTopicConfiguration, v1alpha1.OperationStopExecution,
	}
}

// The parameters whose values are looked at here.
const (
	brokerID        = "brokerid"
	brokerLogDirs   = "brokerid_and_logdirs"
	destinations    = "destination_broker_ids"
	topicPattern    = "topic"
	replicas        = "replication_factor"
	stopOthers      = "stop_ongoing_execution"
	reasonParameter = "reason"
)

// neededParameters are the parameters that an operation can not do without, one of each group; false for an operation
// that can not be asked for. Source: Cruise Control, the parameters classes of its endpoints.
func neededParameters(operation v1alpha1.CruiseControlTaskOperation) ([][]string, bool) {
	switch operation {
	case v1alpha1.OperationAddBroker, v1alpha1.OperationRemoveBroker:
		return [][]string{{brokerID}}, true
	case v1alpha1.OperationDemoteBroker:
		return [][]string{{brokerID, brokerLogDirs}}, true
	case v1alpha1.OperationRemoveDisks:
		return [][]string{{brokerLogDirs}}, true
	case v1alpha1.OperationTopicConfiguration:
		return [][]string{{topicPattern}, {replicas}}, true
	case v1alpha1.OperationRebalance, v1alpha1.OperationFixOfflineReplicas, v1alpha1.OperationStopExecution:
		return nil, true
	case v1alpha1.OperationStatus: // Koperator's own, and nothing to do here
	}
	return nil, false
}

// validate finds what can not be done as it is asked for.
func (o *Observed) validate() field.ErrorList {
	var mistakes field.ErrorList
	if o.operation.Labels[clusterLabel] == "" {
		mistakes = append(mistakes, field.Required(field.NewPath("metadata", "labels").Key(clusterLabel),
			"name the KafkaCluster, of this namespace, that the operation is for"))
	}
	if ttl := o.operation.Spec.TTLSecondsAfterFinished; ttl != nil && *ttl < 0 {
		mistakes = append(mistakes, field.Invalid(field.NewPath("spec", "ttlSecondsAfterFinished"), *ttl,
			"write 0 or more seconds, or leave it out to keep the operation"))
	}
	asked, at := o.asked()
	needs, known := neededParameters(asked.Operation)
	switch {
	case asked.Operation == "":
		return mistakes
	case !known:
		return append(mistakes, field.NotSupported(at.Child("operation"), asked.Operation, operations()))
	case asked.stops():
		return mistakes // Koperator leaves there what was asked for before
	}
	if rejected := o.rejected(); rejected != nil {
		mistakes = append(mistakes, rejected)
	}
	if was := o.current().Operation; o.announced() && was != asked.Operation {
		mistakes = append(mistakes, field.Invalid(at.Child("operation"), asked.Operation,
			fmt.Sprintf("this operation has begun as %s: make another CruiseControlOperation", was)))
	}
	at = at.Child("parameters")
	for _, names := range needs {
		if !slices.ContainsFunc(names, func(name string) bool { return asked.Parameters[name] != "" }) {
			mistakes = append(mistakes, field.Required(at.Key(names[0]),
				fmt.Sprintf("%s can not be done without it", asked.Operation)))
		}
	}
	return append(append(mistakes, wrongParameters(asked, at)...), o.doubled(at)...)
}

// wrongParameters are those that Cruise Control does not have for the operation, does not take together, or whose
// values are wrong.
func wrongParameters(asked task, at *field.Path) field.ErrorList {
	var mistakes field.ErrorList
	known, _ := v1beta1.TaskParameters(string(asked.Operation))
	for _, name := range slices.Sorted(maps.Keys(asked.Parameters)) {
		wrong := wrongParameter(name, asked.Parameters[name])
		if name != reasonParameter && !slices.Contains(known, name) {
			wrong = fmt.Sprintf("%s has no such parameter: take it out", asked.Operation)
		}
		if wrong != "" {
			mistakes = append(mistakes, field.Invalid(at.Key(name), asked.Parameters[name], wrong))
		}
	}
	for _, clash := range v1beta1.ParameterClashes(asked.Parameters) {
		mistakes = append(mistakes, field.Invalid(at.Key(clash.Name), asked.Parameters[clash.Name],
			fmt.Sprintf("Cruise Control does not take it together with %s: take one of them out", clash.With)))
	}
	return mistakes
}

// doubled are parameters that are there more than once, in letters of another case.
func (o *Observed) doubled(at *field.Path) field.ErrorList {
	var mistakes field.ErrorList
	given := o.operation.Spec.Parameters
	if o.operation.Spec.Operation == "" {
		given = o.current().Parameters
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if _, twice := given[strings.ToLower(name)]; twice && name != strings.ToLower(name) {
			mistakes = append(mistakes, field.Duplicate(at.Key(name), given[name]))
		}
	}
	return mistakes
}

// wrongParameter says what is wrong with the value of a parameter; empty when nothing is known to be.
func wrongParameter(name, value string) string {
	switch name {
	case dryRun:
		if !strings.EqualFold(value, "true") && !strings.EqualFold(value, "false") {
			return "write true for a proposal alone, or false"
		}
	case stopOthers:
		if !strings.EqualFold(value, "false") {
			return "one operation does not stop another one: make one with the operation stop_proposal_execution"
		}
	case reasonParameter:
		return "it is how the task is found again, and not yours to set"
	case brokerID, destinations:
		if !each(value, isBroker) {
			return "write broker ids with commas between them, such as 3,4"
		}
	case brokerLogDirs:
		if !each(value, isLogDir) {
			return "write broker ids and log directories with commas between them, such as 0-/kafka-logs/kafka"
		}
	case replicas:
		if number, err := strconv.ParseUint(value, 10, 15); value != "" && (err != nil || number == 0) {
			return "write a number from 1 on"
		}
	}
	return ""
}

// each says that all items of a list are as they should be. An empty list is another mistake.
func each(list string, is func(string) bool) bool {
	for item := range strings.SplitSeq(list, ",") {
		if list != "" && !is(strings.TrimSpace(item)) {
			return false
		}
	}
	return true
}

func isBroker(id string) bool {
	_, err := strconv.ParseUint(id, 10, 31)
	return err == nil
}

// isLogDir reads a broker and a path: the first hyphen parts them. Source: Cruise Control, ParameterUtils.
func isLogDir(text string) bool {
	id, path, _ := strings.Cut(text, "-")
	return isBroker(id) && strings.HasPrefix(path, "/")
}
