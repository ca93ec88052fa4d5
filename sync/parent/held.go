package parent

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kompositor/kompositor/sync"
)

// HeldStatus is the status of a parent with mistakes: as it came, whether it fits its type or not, with the mistakes in
// its conditions. What a status remembers must outlive a mistake.
func (o *Object) HeldStatus(now sync.Facts, mistakes field.ErrorList) any {
	status := make(map[string]jsontext.Value)
	_ = json.Unmarshal(o.Status, &status) // a status that is no object remembers nothing
	var before []metav1.Condition
	if json.Unmarshal(status["conditions"], &before) != nil {
		before = nil
	}
	clock := Clock{Now: now.Now, Generation: o.Generation, Before: before}
	for name, value := range map[string]any{
		"conditions": clock.CarriedOver(Invalid(mistakes)), "observedGeneration": o.Generation,
	} {
		text, err := json.Marshal(value, sync.Encoding())
		if err != nil {
			panic(err) // times, numbers and texts: a bug, which server turns into HTTP 500
		}
		status[name] = text
	}
	return status
}
