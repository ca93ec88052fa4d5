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
	check := func(path *field.Path, text string) {
		_, mistakes := properties.Parse(text)
		for _, mistake := range mistakes {
			o.mistakes = append(o.mistakes, field.Invalid(path, fmt.Sprintf("line %d", mistake.Line), mistake.Message))
		}
	}
	spec := field.NewPath("spec")
	check(spec.Child("readOnlyConfig"), o.parent.Spec.ReadOnlyConfig)
	check(spec.Child("clusterWideConfig"), o.parent.Spec.ClusterWideConfig)
	for _, name := range slices.Sorted(maps.Keys(o.parent.Spec.BrokerConfigGroups)) {
		check(spec.Child("brokerConfigGroups").Key(name).Child("config"), o.parent.Spec.BrokerConfigGroups[name].Config)
	}
	for i := range o.parent.Spec.Brokers {
		broker := &o.parent.Spec.Brokers[i]
		check(spec.Child("brokers").Index(i).Child("readOnlyConfig"), broker.ReadOnlyConfig)
		if broker.BrokerConfig != nil {
			check(spec.Child("brokers").Index(i).Child("brokerConfig", "config"), broker.BrokerConfig.Config)
		}
	}
}
