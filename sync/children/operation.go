package children

import (
	"maps"
	"strconv"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
)

const operationKind = "CruiseControlOperation"

// Operation is a task for Cruise Control, run again until it has succeeded. The parameters go over those that the user
// gives to every operation; one that the endpoint does not have, or does not take beside these, is left out. Brokers
// that were removed or demoted of late get nothing, as with Koperator, unless the user says otherwise.
func Operation(
	c *Cluster, name string, operation v1alpha1.CruiseControlTaskOperation, parameters map[string]string,
) sync.Child {
	given := c.Parent.Spec.CruiseControlConfig.CruiseControlOperationSpec
	spec := &v1alpha1.CruiseControlOperationSpec{
		Operation: operation, ErrorPolicy: v1alpha1.ErrorPolicyRetry, Parameters: make(map[string]string),
	}
	if operation != v1alpha1.OperationRemoveDisks {
		spec.Parameters["exclude_recently_demoted_brokers"] = "true"
		// Replicas go to the added brokers alone, which may have been removed a moment ago.
		spec.Parameters["exclude_recently_removed_brokers"] = strconv.FormatBool(operation != v1alpha1.OperationAddBroker)
	}
	putOver(spec.Parameters, given.TaskParameters(string(operation)))
	putOver(spec.Parameters, parameters)
	if given != nil {
		spec.TTLSecondsAfterFinished = given.TTLSecondsAfterFinished
	}
	meta := c.meta(name, ClusterLabels(c.Parent.Name), map[string]string{})
	return child(v1alpha1.GroupVersion().String(), operationKind, meta, spec)
}

// putOver adds parameters, their names in lower case, to others, over those of their names. What was there and Cruise
// Control does not take beside them goes.
func putOver(there, added map[string]string) {
	maps.Copy(there, added)
	for _, clash := range v1beta1.ParameterClashes(there) {
		if _, stays := added[clash.Name]; !stays {
			delete(there, clash.Name)
		} else if _, stays := added[clash.With]; !stays {
			delete(there, clash.With)
		}
	}
}

// KeptOperation lists an observed operation unchanged.
func KeptOperation(observed *sync.Referenced) sync.Child {
	return observed.Frozen(v1alpha1.GroupVersion().String(), operationKind)
}
