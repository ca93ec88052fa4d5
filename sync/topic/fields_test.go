package topic_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"sigs.k8s.io/yaml"

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
		c, err := cases.Load("testdata/cases/create/is-made")
		if err != nil {
			t.Fatal(err)
		}
		plain, err := c.Run(topic.Hook{})
		if err != nil {
			t.Fatal(err)
		}
		var request map[string]any
		if err := json.Unmarshal(c.Request, &request); err != nil {
			t.Fatal(err)
		}
		spec := request["parent"].(map[string]any)["spec"].(map[string]any)
		if err := yaml.Unmarshal([]byte("{"+name+": "+value+"}"), &spec); err != nil {
			t.Fatal(err)
		}
		if c.Request, err = json.Marshal(request, json.Deterministic(true)); err != nil {
			t.Fatal(err)
		}
		with, err := c.Run(topic.Hook{})
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Equal(plain.Response, with.Response) && bytes.Equal(plain.Commands, with.Commands) {
			t.Errorf("%s: the answer stays the same", name)
		}
	}
}
