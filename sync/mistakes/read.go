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

// Read reads a spec into the cluster and lists its mistakes. Where the CRD leaves embedded Kubernetes types unchecked,
// this is the first to notice that they do not fit.
func Read(object *parent.Object, cluster *v1beta1.KafkaCluster) field.ErrorList {
	mistakes := object.ReadSpec(&cluster.Spec)
	slices.SortStableFunc(mistakes, func(a, b *field.Error) int { return strings.Compare(a.Field, b.Field) })
	if len(mistakes) > 0 {
		return mistakes
	}
	return append(cluster.Validate(), unloadable(cluster)...)
}

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
