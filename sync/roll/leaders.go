package roll

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/kompositor/kompositor/sync"
)

// Misled are the partitions that another replica leads than the first, their preferred leader, although that one is
// live.
type Misled struct {
	// Elect are those whose preferred leader is in sync, so that an election succeeds; by topic and number.
	Elect []sync.TopicPartition
	// Lag counts those whose preferred leader is not in sync yet.
	Lag int
}

// mostElections bounds how many partitions one command names.
const mostElections = 500

// Batch are the partitions of the next election: a bounded number of them.
func (m *Misled) Batch() []sync.TopicPartition { return m.Elect[:min(len(m.Elect), mostElections)] }

// Left says in a clause what is still led by another replica; empty when nothing is.
func (m *Misled) Left() string {
	left, noun := "", "partitions"
	if len(m.Elect)+m.Lag == 1 {
		noun = "partition"
	}
	if total := len(m.Elect) + m.Lag; total > 0 {
		left = fmt.Sprintf("%d %s led by another replica than the first", total, noun)
	}
	if m.Lag > 0 {
		left += fmt.Sprintf(", which is not in sync yet in %d of them", m.Lag)
	}
	return left
}

// Leaders says which partitions are led by another than their preferred leader. Its second value is false when Kafka's
// answer is missing. A preferred leader that is not live is not waited for.
func Leaders(kafka *sync.KafkaFacts) (misled Misled, known bool) {
	cluster, known := kafka.Cluster.Get()
	partitions, also := kafka.Partitions.Get()
	if !known || !also {
		return Misled{}, false
	}
	for i := range partitions {
		p := &partitions[i]
		if len(p.Replicas) == 0 || p.Leader == p.Replicas[0] || !slices.Contains(cluster.Brokers, p.Replicas[0]) {
			continue
		}
		if !slices.Contains(p.ISR, p.Replicas[0]) {
			misled.Lag++
			continue
		}
		misled.Elect = append(misled.Elect, sync.TopicPartition{Topic: p.Topic, Partition: p.Partition})
	}
	slices.SortFunc(misled.Elect, func(a, b sync.TopicPartition) int {
		return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Partition, b.Partition))
	})
	return misled, true
}
