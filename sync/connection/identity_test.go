package connection

import (
	"testing"

	"github.com/kompositor/kompositor/sync"
)

func TestBelieve(t *testing.T) {
	partitions := sync.Known([]sync.Partition{{Topic: "orders"}})
	cases := map[string]struct {
		cluster sync.Fact[sync.KafkaCluster]
		id      string
		why     string
		other   bool
	}{
		"ours":        {cluster: sync.Known(sync.KafkaCluster{ID: "a"}), id: "a"},
		"no id known": {cluster: sync.Known(sync.KafkaCluster{ID: "a"})},
		"another": {
			cluster: sync.Known(sync.KafkaCluster{ID: "a"}), id: "b", other: true,
			why: `the cluster that answers has the id "a", and this cluster has the id "b"`,
		},
		"unknown": {
			cluster: sync.UnknownFact[sync.KafkaCluster]("it is late"), id: "b",
			why: "which cluster answers is not known: it is late",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			believed, other := Believe(sync.KafkaFacts{Cluster: c.cluster, Partitions: partitions}, c.id)
			if _, known := believed.Partitions.Get(); known != (c.why == "") || believed.Partitions.Why() != c.why {
				t.Errorf("known %t, why %q, want %q", known, believed.Partitions.Why(), c.why)
			}
			if (other != "") != c.other {
				t.Errorf("another cluster: %q", other)
			}
			if !believed.Quorum.IsZero() {
				t.Error("a fact that nobody asked for is no longer unasked")
			}
		})
	}
}
