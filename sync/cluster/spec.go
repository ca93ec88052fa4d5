package cluster

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/properties"
)

// mostTypeMistakes bounds how many values of a wrong type are looked for in one spec.
const mostTypeMistakes = 20

// readSpec reports whether the spec could be read without a mistake. Where the CRD leaves embedded Kubernetes types
// unchecked, this is the first to notice that they do not fit: each value that does not is listed, and left out, so
// that the next one is found too and the rest of the spec is known.
func (o *Observed) readSpec(text jsontext.Value) bool {
	if len(text) == 0 {
		o.mistakes = append(o.mistakes, field.Required(field.NewPath("spec"), "a KafkaCluster needs a spec"))
		return false
	}
	for range mostTypeMistakes {
		err := json.Unmarshal(text, &o.parent.Spec)
		if err == nil {
			break
		}
		semantic, ok := errors.AsType[*json.SemanticError](err)
		if !ok {
			o.mistakes = append(o.mistakes, field.TypeInvalid(field.NewPath("spec"), field.OmitValueType{}, err.Error()))
			break
		}
		at := slices.Collect(semantic.JSONPointer.Tokens())
		o.mistakes = append(o.mistakes, field.TypeInvalid(pathOf(at), field.OmitValueType{},
			"a value of another type is expected here, not a JSON "+semantic.JSONKind.String()))
		if text, ok = without(text, at); !ok {
			break
		}
	}
	// They were found in the order of the JSON text, which means nothing.
	slices.SortFunc(o.mistakes, func(a, b *field.Error) int { return strings.Compare(a.Field, b.Field) })
	return len(o.mistakes) == 0
}

// pathOf writes a JSON pointer as Kubernetes writes the path of a field.
func pathOf(tokens []string) *field.Path {
	path := field.NewPath("spec")
	for _, token := range tokens {
		if index, err := strconv.Atoi(token); err == nil {
			path = path.Index(index)
			continue
		}
		path = path.Child(token)
	}
	return path
}

// without is a JSON text less the value at a place.
func without(text jsontext.Value, at []string) (jsontext.Value, bool) {
	var tree any
	if len(at) == 0 || json.Unmarshal(text, &tree) != nil {
		return nil, false
	}
	node := tree
	for i, token := range at {
		last := i == len(at)-1
		switch inner := node.(type) {
		case map[string]any:
			if last {
				delete(inner, token)
			}
			node = inner[token]
		case []any:
			index, err := strconv.Atoi(token)
			if err != nil || index >= len(inner) {
				return nil, false
			}
			if last {
				inner[index] = nil
			}
			node = inner[index]
		default:
			return nil, false
		}
	}
	rest, err := json.Marshal(tree, sync.Encoding())
	return rest, err == nil
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
		check(spec.Child("brokerConfigGroups").Child(name, "config"), o.parent.Spec.BrokerConfigGroups[name].Config)
	}
	for i := range o.parent.Spec.Brokers {
		broker := &o.parent.Spec.Brokers[i]
		check(spec.Child("brokers").Index(i).Child("readOnlyConfig"), broker.ReadOnlyConfig)
		if broker.BrokerConfig != nil {
			check(spec.Child("brokers").Index(i).Child("brokerConfig", "config"), broker.BrokerConfig.Config)
		}
	}
}
