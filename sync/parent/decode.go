package parent

import (
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kompositor/kompositor/sync"
)

// mostTypeMistakes bounds how many values of a wrong type are looked for in one spec.
const mostTypeMistakes = 20

// Decode reads a spec into its type. Where the CRD leaves embedded Kubernetes types unchecked, this is the first to
// notice that they do not fit: each value that does not is listed, and left out, so that the next one is found too and
// the rest of the spec is known. A mistake at spec itself says that not all of it could be read.
func Decode(text jsontext.Value, into any) field.ErrorList {
	var mistakes field.ErrorList
	for {
		err := json.Unmarshal(text, into, uniqueNames())
		if err == nil {
			break
		}
		if len(mistakes) == mostTypeMistakes {
			mistakes = append(mistakes, field.TypeInvalid(field.NewPath("spec"), field.OmitValueType{},
				"there are more values of another type than these: mend these first"))
			break
		}
		semantic, ok := errors.AsType[*json.SemanticError](err)
		if !ok {
			mistakes = append(mistakes, field.TypeInvalid(field.NewPath("spec"), field.OmitValueType{}, err.Error()))
			break
		}
		at := slices.Collect(semantic.JSONPointer.Tokens())
		mistakes = append(mistakes, field.TypeInvalid(pathOf(reflect.TypeOf(into), at), field.OmitValueType{},
			"must be "+expected(semantic)))
		if text, ok = without(text, at); !ok {
			break
		}
	}
	// They were found in the order of the JSON text, which means nothing.
	slices.SortFunc(mistakes, func(a, b *field.Error) int { return strings.Compare(a.Field, b.Field) })
	return mistakes
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
