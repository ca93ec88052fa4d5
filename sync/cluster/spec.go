package cluster

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kompositor/kompositor/sync/parent"
	"github.com/kompositor/kompositor/sync/properties"
)

// readSpec reports whether the spec could be read without a mistake. Where the CRD leaves embedded Kubernetes types
// unchecked, this is the first to notice that they do not fit.
func (o *Observed) readSpec(object *parent.Object) bool {
	o.mistakes = append(o.mistakes, object.ReadSpec(&o.parent.Spec)...)
	slices.SortStableFunc(o.mistakes, func(a, b *field.Error) int { return strings.Compare(a.Field, b.Field) })
	return len(o.mistakes) == 0
}

// checkProperties lists the lines of the CR's properties texts that Java would not load.
func (o *Observed) checkProperties() {
	spec := field.NewPath("spec")
	check := func(text string, path func() *field.Path) { // hardly ever is there a mistake that needs its path
		_, mistakes := properties.Parse(text)
		for _, mistake := range mistakes {
			o.mistakes = append(o.mistakes, field.Invalid(path(), fmt.Sprintf("line %d", mistake.Line), mistake.Message))
		}
	}
	at := func(names ...string) func() *field.Path {
		return func() *field.Path { return spec.Child(names[0], names[1:]...) }
	}
	check(o.parent.Spec.ReadOnlyConfig, at("readOnlyConfig"))
	check(o.parent.Spec.ClusterWideConfig, at("clusterWideConfig"))
	check(o.parent.Spec.CruiseControlConfig.Config, at("cruiseControlConfig", "config"))
	for _, name := range slices.Sorted(maps.Keys(o.parent.Spec.BrokerConfigGroups)) {
		check(o.parent.Spec.BrokerConfigGroups[name].Config, func() *field.Path {
			return spec.Child("brokerConfigGroups").Key(name).Child("config")
		})
	}
	for i := range o.parent.Spec.Brokers {
		broker := &o.parent.Spec.Brokers[i]
		at := func() *field.Path { return spec.Child("brokers").Index(i) }
		check(broker.ReadOnlyConfig, func() *field.Path { return at().Child("readOnlyConfig") })
		if broker.BrokerConfig != nil {
			check(broker.BrokerConfig.Config, func() *field.Path { return at().Child("brokerConfig", "config") })
		}
	}
}
