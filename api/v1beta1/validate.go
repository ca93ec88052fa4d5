package v1beta1

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Validate lists every mistake of the spec at once, each with its field path and what to do about it. It repeats what
// the CRD refuses, for specs that were stored before the CRD knew the rule, and adds what the CRD cannot see: settings
// after brokers and groups are merged. What Koperator accepts and runs is no mistake.
func (c *KafkaCluster) Validate() field.ErrorList {
	v := validator{spec: &c.Spec, brokers: c.ResolvedBrokers(), inKRaft: c.Status.ClusterID != ""}
	spec := field.NewPath("spec")
	v.checkBrokers(spec.Child("brokers"))
	v.checkGroups(spec.Child("brokerConfigGroups"))
	v.checkRoles(spec.Child("brokers"))
	v.checkStorage(spec.Child("brokers"))
	v.checkMode(spec)
	v.checkListeners(spec.Child("listenersConfig"))
	v.checkPorts(spec.Child("listenersConfig"))
	v.checkExternalPorts(spec.Child("listenersConfig", "externalListeners"))
	v.checkEnvoy(spec.Child("envoyConfig"), &c.Spec.EnvoyConfig)
	v.checkAdditionalPorts(spec.Child("additionalPorts"))
	v.checkBudget(spec.Child("disruptionBudget"))
	v.checkRetention(spec.Child("persistentVolumeClaimRetentionPolicy"))
	v.checkCapacities(spec.Child("cruiseControlConfig", "capacityConfig"))
	v.checkTaskParameters(spec.Child("cruiseControlConfig", "cruiseControlOperationSpec", "parameters"))
	return v.mistakes
}

// validator gathers mistakes.
type validator struct {
	spec    *KafkaClusterSpec
	brokers []ResolvedBroker
	// inKRaft says that the cluster has begun in KRaft mode.
	inKRaft  bool
	mistakes field.ErrorList
}

func (v *validator) invalid(path *field.Path, value any, message string, args ...any) {
	v.mistakes = append(v.mistakes, field.Invalid(path, value, fmt.Sprintf(message, args...)))
}

func (v *validator) required(path *field.Path, message string) {
	v.mistakes = append(v.mistakes, field.Required(path, message))
}

func (v *validator) checkMode(path *field.Path) {
	if v.spec.KRaft {
		return
	}
	if v.inKRaft {
		v.invalid(path.Child("kRaft"), false,
			"the cluster keeps its metadata in KRaft, and Kafka has no way back: set it to true")
	}
	if len(v.spec.ZKAddresses) == 0 {
		v.required(path.Child("zkAddresses"), "without kRaft the cluster needs ZooKeeper: set kRaft: true or zkAddresses")
	}
	for i := range v.brokers {
		if b := &v.brokers[i]; !v.inKRaft && KafkaVersionOfImage(b.Image).AtLeast(4, 0) {
			v.invalid(path.Child("brokers").Index(b.Index), b.Image,
				"Kafka 4 has no ZooKeeper: ask for an image of Kafka 3.9 or older, here or in clusterImage")
		}
	}
}

func (v *validator) checkBudget(path *field.Path) {
	budget := v.spec.DisruptionBudget
	if budget.Create && budget.Budget == "" {
		v.required(path.Child("budget"), "set it to a number or a percentage of brokers, or set create to false")
		return
	}
	if budget.Budget != "" && !validBudget(budget.Budget) {
		v.invalid(path.Child("budget"), budget.Budget, "must be a number or a percentage up to 100%%, for example 1 or 20%%")
	}
}

func (v *validator) checkRetention(path *field.Path) {
	policy := v.spec.PersistentVolumeClaimRetentionPolicy
	if v.spec.RetainsVolumes() && policy.WhenDeleted != RetainVolumes {
		v.invalid(path.Child("whenDeleted"), policy.WhenDeleted,
			"must be %s or %s; until then the volumes outlive the cluster", DeleteVolumes, RetainVolumes)
	}
}

// validBudget follows the schema's pattern ^[0-9]+$|^[0-9]{1,2}%$|^100%$.
func validBudget(budget string) bool {
	number, percent := strings.CutSuffix(budget, "%")
	if number == "" || strings.Trim(number, "0123456789") != "" {
		return false
	}
	return !percent || len(number) <= 2 || number == "100"
}
