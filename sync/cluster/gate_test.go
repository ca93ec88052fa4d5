package cluster

import (
	"testing"

	"github.com/kompositor/kompositor/sync"
)

// The plan commands nothing of the kind, so no case shows that the gate would notice.
func TestGateKeepsCommandsFromStrangers(t *testing.T) {
	o := &Observed{request: &sync.Request{}}
	o.parent.Spec.KRaft, o.parent.Status.ClusterID = true, "ours"
	d := sync.Decision{Commands: []sync.Command{sync.AlterConfigs{Set: map[string]string{"log.retention.ms": "1"}}}}
	for name, of := range map[string]struct {
		cluster sync.Fact[sync.KafkaCluster]
		sent    bool
	}{
		"ours":    {sync.Known(sync.KafkaCluster{ID: "ours"}), true},
		"another": {sync.Known(sync.KafkaCluster{ID: "another"}), false},
		"unknown": {sync.UnknownFact[sync.KafkaCluster]("nobody answers"), false},
	} {
		facts := sync.Facts{Kafka: sync.KafkaFacts{Cluster: of.cluster}}
		if sent := len(gate(o, facts, d).Commands) > 0; sent != of.sent {
			t.Errorf("%s: sent is %t, want %t", name, sent, of.sent)
		}
	}
}
