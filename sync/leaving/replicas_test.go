package leaving

import (
	"strings"
	"testing"

	"github.com/kompositor/kompositor/sync"
)

func TestReplicas(t *testing.T) {
	elsewhere := sync.Known([]sync.Partition{{Topic: "orders", Replicas: []int32{1, 2}}})
	one, late := sync.Known([]sync.Partition{{Replicas: []int32{3}}}), sync.UnknownFact[[]sync.Partition]("it is late")
	none := sync.Known([]sync.BrokerLogDirs{})
	dirs := func(replicas ...int) sync.Fact[[]sync.BrokerLogDirs] {
		of := sync.BrokerLogDirs{Broker: 3}
		for _, n := range replicas {
			of.Dirs = append(of.Dirs, sync.LogDir{Replicas: n})
		}
		return sync.Known([]sync.BrokerLogDirs{{Broker: 4, Dirs: []sync.LogDir{{Replicas: 9}}}, of})
	}
	for name, c := range map[string]struct {
		kafka sync.KafkaFacts
		up    bool
		want  string
	}{
		"nobody knows":    {sync.KafkaFacts{Partitions: late}, true, "it is late"},
		"it holds one":    {sync.KafkaFacts{Partitions: one}, true, "it holds 1 replica:"},
		"empty":           {sync.KafkaFacts{Partitions: elsewhere, LogDirs: dirs(0, 0)}, true, ""},
		"hidden":          {sync.KafkaFacts{Partitions: elsewhere, LogDirs: dirs(0, 2)}, true, "hold 2 replicas of which"},
		"down":            {sync.KafkaFacts{Partitions: elsewhere}, false, ""},
		"up, not asked":   {sync.KafkaFacts{Partitions: elsewhere}, true, "log directories is not known"},
		"up, not in list": {sync.KafkaFacts{Partitions: elsewhere, LogDirs: none}, true, "not asked"},
		"does not answer": {
			sync.KafkaFacts{Partitions: elsewhere, LogDirs: sync.Known([]sync.BrokerLogDirs{{Broker: 3, Unknown: "timed out"}})},
			true, "timed out",
		},
	} {
		got := Replicas(&c.kafka, 3, c.up)
		if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q", name, got)
		}
	}
}
