package sync

import (
	"reflect"
	"testing"
)

// TestUnansweredNamesEveryFactThatWasAskedFor asks everything there is to ask, found by reflection, so that a new
// question cannot be forgotten.
func TestUnansweredNamesEveryFactThatWasAskedFor(t *testing.T) {
	questions := Questions{Kafka: &KafkaQuestions{}, CruiseControl: &CruiseControlQuestions{}}
	for _, part := range []any{questions.Kafka, questions.CruiseControl} {
		fields := reflect.ValueOf(part).Elem()
		for _, field := range fields.Fields() {
			if field.Kind() == reflect.Bool {
				field.SetBool(true)
			}
		}
	}
	var facts Facts
	for _, adapter := range []Adapter{AdapterKafka, AdapterCruiseControl} {
		if !questions.Asks(adapter) {
			t.Errorf("%s is not asked", adapter)
		}
		facts.Take(adapter, questions.Unanswered(adapter, "it is late"))
	}
	for _, part := range []any{facts.Kafka, facts.CruiseControl} {
		fields := reflect.ValueOf(part)
		for i := range fields.NumField() {
			if why := fields.Field(i).MethodByName("Why").Call(nil)[0].String(); why != "it is late" {
				t.Errorf("%s.%s is unknown because %q", fields.Type(), fields.Type().Field(i).Name, why)
			}
		}
	}
}

func TestQuietQuestionsAskNobody(t *testing.T) {
	for _, adapter := range []Adapter{AdapterKafka, AdapterCruiseControl, "other"} {
		if (Questions{}).Asks(adapter) {
			t.Errorf("%s is asked", adapter)
		}
	}
}
