package connection

import (
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/parent"
)

// Reachable is the condition KafkaReachable. Other says that another cluster answers than the one that was asked for;
// empty when it does not.
func Reachable(kafka *sync.KafkaFacts, other string) parent.Verdict {
	cluster, partitions := &kafka.Cluster, &kafka.Partitions
	_, known := cluster.Get()
	why := cluster.Why()
	if _, also := partitions.Get(); !also && !partitions.IsZero() {
		known, why = false, partitions.Why()
	}
	switch {
	case other != "":
		return parent.IsNot(sync.KafkaReachable, sync.OtherCluster,
			parent.Sentence(other+"; nothing is changed by what it says"))
	case known:
		return parent.Is(sync.KafkaReachable, "Kafka answers.")
	case cluster.IsZero() && partitions.IsZero():
		return parent.Unknown(sync.KafkaReachable, sync.NotAsked, "No decision needs Kafka's answer now.")
	}
	return parent.IsNot(sync.KafkaReachable, sync.KafkaUnknown, "Kafka can not be asked: "+why+".")
}
