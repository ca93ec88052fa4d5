package cruisecontrol

import (
	"reflect"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/kompositor/kompositor/sync"
)

// redrawn says that the Deployment is drawn otherwise than it was answered last, so that to answer it starts Cruise
// Control again. Where Metacontroller keeps no record of that, which is with server-side apply, it is compared with
// what is observed, which has the API server's defaults too: there a member that is drawn no more is not noticed.
func redrawn(observed *sync.Deployment, drawn *sync.Child) bool {
	text, err := json.Marshal(drawn.Object, sync.Encoding())
	if err != nil {
		return true
	}
	is := specOf(text)
	if was := specOf(observed.Annotations.LastApplied()); was != nil {
		return !reflect.DeepEqual(was, is)
	}
	var has any
	return json.Unmarshal(observed.Spec, &has) != nil || !covers(has, is)
}

// specOf is the spec of an object; nil when it has none that can be read.
func specOf(object jsontext.Value) any {
	var read struct {
		Spec any `json:"spec"`
	}
	_ = json.Unmarshal(object, &read) // a record that is spoilt is none
	return read.Spec
}

// covers says that everything that is drawn is observed: objects may have more members, lists have as many elements.
func covers(observed, drawn any) bool {
	switch drawn := drawn.(type) {
	case map[string]any:
		has, ok := observed.(map[string]any)
		for name, value := range drawn {
			ok = ok && covers(has[name], value)
		}
		return ok || len(drawn) == 0
	case []any:
		has, ok := observed.([]any)
		ok = len(has) == len(drawn) && (ok || len(drawn) == 0)
		for i := range drawn {
			ok = ok && covers(has[i], drawn[i])
		}
		return ok
	}
	return observed == drawn
}
