package sync

import (
	"reflect"
	"testing"
)

// TestUnansweredNamesEveryFactThatWasAskedFor asks everything there is to ask, found by reflection, so that a new
// question cannot be forgotten.
func TestUnansweredNamesEveryFactThatWasAskedFor(t *testing.T) {
	questions := Questions{
		Kafka: &KafkaQuestions{}, CruiseControl: &CruiseControlQuestions{}, PKI: &PKIQuestions{},
		Kubernetes: &KubernetesQuestions{},
	}
	for _, part := range []any{questions.Kafka, questions.CruiseControl, questions.PKI, questions.Kubernetes} {
		fields := reflect.ValueOf(part).Elem()
		for _, field := range fields.Fields() {
			fill(field)
		}
	}
	var facts Facts
	for _, adapter := range []Adapter{AdapterKafka, AdapterCruiseControl, AdapterPKI, AdapterKubernetes} {
		if !questions.Asks(adapter) {
			t.Errorf("%s is not asked", adapter)
		}
		facts.Take(adapter, questions.Unanswered(adapter, "it is late"))
	}
	for _, part := range []any{facts.Kafka, facts.CruiseControl, facts.PKI, facts.Kubernetes} {
		fields := reflect.ValueOf(part)
		for i := range fields.NumField() {
			if fields.Field(i).Kind() == reflect.Bool {
				continue // it says something about the others, and is no fact of its own
			}
			if why := fields.Field(i).MethodByName("Why").Call(nil)[0].String(); why != "it is late" {
				t.Errorf("%s.%s is unknown because %q", fields.Type(), fields.Type().Field(i).Name, why)
			}
		}
	}
}

// fill makes a field of a question ask for something.
func fill(field reflect.Value) {
	switch field.Kind() {
	case reflect.Bool:
		field.SetBool(true)
	case reflect.String:
		field.SetString("asked")
	case reflect.Slice:
		field.Set(reflect.MakeSlice(field.Type(), 1, 1))
	case reflect.Pointer:
		field.Set(reflect.New(field.Type().Elem()))
	}
}

func TestQuietQuestionsAskNobody(t *testing.T) {
	for _, adapter := range []Adapter{AdapterKafka, AdapterCruiseControl, AdapterPKI, AdapterKubernetes, "other"} {
		if (Questions{}).Asks(adapter) {
			t.Errorf("%s is asked", adapter)
		}
	}
}
