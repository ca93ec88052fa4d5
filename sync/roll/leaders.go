package roll

import (
	"cmp"
	"slices"

	"github.com/kompositor/kompositor/sync"
)

// Misled lists the partitions that another replica leads than the first, their preferred leader, although that one is
// live and in sync; by topic and number. Its second value is false when Kafka's answer is missing.
func Misled(kafka *sync.KafkaFacts) ([]sync.TopicPartition, bool) {
	cluster, known := kafka.Cluster.Get()
	partitions, also := kafka.Partitions.Get()
	if !known || !also {
		return nil, false
	}
	var misled []sync.TopicPartition
	for i := range partitions {
		p := &partitions[i]
		if len(p.Replicas) == 0 || p.Leader == p.Replicas[0] {
			continue
		}
		if preferred := p.Replicas[0]; slices.Contains(p.ISR, preferred) && slices.Contains(cluster.Brokers, preferred) {
			misled = append(misled, sync.TopicPartition{Topic: p.Topic, Partition: p.Partition})
		}
	}
	slices.SortFunc(misled, func(a, b sync.TopicPartition) int {
		return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Partition, b.Partition))
	})
	return misled, true
}
