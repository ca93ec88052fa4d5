package sync

import (
	"reflect"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
)

// Whatever Kafka is asked for one day, none of it stays known of an answer that is worthless.
func TestUnknownIsEverything(t *testing.T) {
	kind := reflect.TypeFor[KafkaFacts]()
	var texts []string
	for fact := range kind.Fields() {
		name, _, _ := strings.Cut(fact.Tag.Get("json"), ",")
		value := "{}"
		if held, ok := fact.Type.FieldByName("value"); ok && held.Type.Kind() == reflect.Slice {
			value = "[]"
		}
		texts = append(texts, `"`+name+`":{"known":`+value+`}`)
	}
	var facts KafkaFacts
	if err := json.Unmarshal([]byte("{"+strings.Join(texts, ",")+"}"), &facts); err != nil {
		t.Fatal(err)
	}
	known := func(facts KafkaFacts, i int) bool { return reflect.ValueOf(facts).Field(i).FieldByName("known").Bool() }
	worthless := facts.Unknown("it is another cluster")
	for i := range kind.NumField() {
		if !known(facts, i) || known(worthless, i) {
			t.Errorf("%s is known: %t before, %t after", kind.Field(i).Name, known(facts, i), known(worthless, i))
		}
	}
}
