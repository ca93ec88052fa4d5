package mistakes

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync/parent"
	"github.com/kompositor/kompositor/sync/properties"
)

// Read reads a spec into the cluster and lists its mistakes: those of type first. Where the CRD leaves embedded
// Kubernetes types unchecked, this is the first to notice that they do not fit.
func Read(object *parent.Object, cluster *v1beta1.KafkaCluster) field.ErrorList {
	unreadable := object.ReadSpec(&cluster.Spec)
	found := append(cluster.Validate(), unloadable(cluster)...)
	return slices.DeleteFunc(parent.Beside(unreadable, found), func(mistake *field.Error) bool {
		return slices.ContainsFunc(unreadable, func(wrong *field.Error) bool {
			return merged(mistake.Field, wrong.Field) || ofMode(mistake.Field, wrong.Field)
		})
	})
}

// ofMode says that a mistake is one of a cluster with ZooKeeper, or of a broker with another image than it can have in
// its mode, and that neither can be told because what says it could not be read.
func ofMode(path, unreadable string) bool {
	if unreadable != "spec.kRaft" && unreadable != "spec.clusterImage" {
		return false
	}
	wholeBroker := strings.HasPrefix(path, "spec.brokers[") && !strings.Contains(path, "].")
	return wholeBroker || path == "spec.zkAddresses" && unreadable == "spec.kRaft"
}

// merged says that a mistake of a broker, or of all, is in a setting that could not be read in a group, so that it may
// only seem to be missing.
func merged(path, unreadable string) bool {
	ofBroker, isBroker := strings.CutPrefix(path, "spec.brokers")
	ofGroup, isGroup := strings.CutPrefix(unreadable, "spec.brokerConfigGroups")
	if !isBroker || !isGroup {
		return false
	}
	_, setting, _ := strings.Cut(ofGroup, "].")
	if ofBroker == "" { // the brokers together lack a role
		return setting == "" || first(setting) == "processRoles"
	}
	_, at, _ := strings.Cut(ofBroker, "].")
	if setting == "" { // the group itself
		return strings.HasPrefix(at, "brokerConfig")
	}
	return first(strings.TrimPrefix(at, "brokerConfig.")) == first(setting)
}

// first is the first step of a path.
func first(path string) string { return path[:strings.IndexAny(path+".", ".[")] }

// unloadable lists the lines of the CR's properties texts that Java would not load.
func unloadable(cluster *v1beta1.KafkaCluster) (mistakes field.ErrorList) {
	spec := field.NewPath("spec")
	check := func(text string, path func() *field.Path) { // hardly ever is there a mistake that needs its path
		_, wrong := properties.Parse(text)
		for _, mistake := range wrong {
			mistakes = append(mistakes, field.Invalid(path(), fmt.Sprintf("line %d", mistake.Line), mistake.Message))
		}
	}
	at := func(names ...string) func() *field.Path {
		return func() *field.Path { return spec.Child(names[0], names[1:]...) }
	}
	check(cluster.Spec.ReadOnlyConfig, at("readOnlyConfig"))
	check(cluster.Spec.ClusterWideConfig, at("clusterWideConfig"))
	check(cluster.Spec.CruiseControlConfig.Config, at("cruiseControlConfig", "config"))
	for _, name := range slices.Sorted(maps.Keys(cluster.Spec.BrokerConfigGroups)) {
		check(cluster.Spec.BrokerConfigGroups[name].Config, func() *field.Path {
			return spec.Child("brokerConfigGroups").Key(name).Child("config")
		})
	}
	for i := range cluster.Spec.Brokers {
		broker := &cluster.Spec.Brokers[i]
		at := func() *field.Path { return spec.Child("brokers").Index(i) }
		check(broker.ReadOnlyConfig, func() *field.Path { return at().Child("readOnlyConfig") })
		if broker.BrokerConfig != nil {
			check(broker.BrokerConfig.Config, func() *field.Path { return at().Child("brokerConfig", "config") })
		}
	}
	return mistakes
}
