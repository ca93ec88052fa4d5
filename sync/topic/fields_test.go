package topic_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/cases"
	"github.com/kompositor/kompositor/sync/topic"
)

// Every field of a KafkaTopic changes what Kafka is told, or who is asked.
func TestEveryFieldOfATopicHasItsEffect(t *testing.T) {
	values := map[string]string{
		"name": "own", "partitions": "7", "replicationFactor": "1", "config": "{retention.ms: '7'}",
		"clusterRef": "{name: own}",
	}
	for field := range reflect.TypeFor[v1alpha1.KafkaTopicSpec]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		value, known := values[name]
		if !known {
			t.Errorf("%s is in no test: say what it does", name)
			continue
		}
		plain, with, err := cases.WithField(topic.Hook{}, "testdata/cases/create/is-made", name, value)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Equal(plain, with) {
			t.Errorf("%s: the answer stays the same", name)
		}
	}
}
