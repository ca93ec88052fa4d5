package topic

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/kompositor/kompositor/sync"
)

// managePartitions adds partitions. Kafka has no way to take one away without its records.
func (p *plan) managePartitions() {
	want, have := p.o.topic.Spec.Partitions, int32(len(p.topic.Partitions))
	switch {
	case want > have:
		p.tell(sync.CreatePartitions{ToKafka: p.toKafka(), Topic: p.o.topic.Spec.Name, Total: want})
	case want > 0 && want < have:
		p.problem(sync.FewerPartitions,
			"the spec asks for %s (spec.partitions) and the topic has %d: Kafka takes none away; set spec.partitions to %d",
			counted(int(want), "partition", "partitions"), have, have)
	}
	if offline := p.offline(); offline != "" {
		p.problem(sync.PartitionsOffline, "%s no leader and can neither be written nor read", offline)
	}
}

// offline names the partitions without a leader; empty when there are none.
func (p *plan) offline() string {
	const named = 5
	var numbers []string
	for i := range p.topic.Partitions {
		if p.topic.Partitions[i].Leader < 0 {
			numbers = append(numbers, strconv.Itoa(int(p.topic.Partitions[i].Partition)))
		}
	}
	switch count := len(numbers); {
	case count == 0:
		return ""
	case count == 1:
		return "partition " + numbers[0] + " has"
	case count > named:
		return fmt.Sprintf("partitions %s and %d more have", strings.Join(numbers[:named], ", "), count-named)
	}
	return "partitions " + strings.Join(numbers, ", ") + " have"
}

// manageReplicas compares the replicas. Moving them takes a plan that weighs brokers, racks and disks: that is Cruise
// Control's, and where it is asked this is where it is asked.
func (p *plan) manageReplicas() {
	want, have := p.o.topic.Spec.ReplicationFactor, p.lowestReplicas()
	if want > 0 && p.replicasDiffer(want) {
		p.problem(sync.ReplicasDiffer,
			"the spec asks for %s (spec.replicationFactor) and partitions have %d: changing that moves data, which needs "+
				"Cruise Control and is not done by this release; set spec.replicationFactor to %d, or to -1",
			counted(int(want), "replica", "replicas"), have, have)
	}
	for i := range p.topic.Partitions {
		if one := &p.topic.Partitions[i]; one.MinISR > len(one.Replicas) {
			p.problem(sync.MinISRTooHigh,
				"partition %d has %s and min.insync.replicas is %d: no producer with acks=all can write; lower it in spec.config",
				one.Partition, counted(len(one.Replicas), "replica", "replicas"), one.MinISR)
			return
		}
	}
}

// lowestReplicas is the lowest number of replicas of any partition; 0 when there are no partitions.
func (p *plan) lowestReplicas() int32 {
	lowest := int32(0)
	for i := range p.topic.Partitions {
		if n := int32(len(p.topic.Partitions[i].Replicas)); i == 0 || n < lowest {
			lowest = n
		}
	}
	return lowest
}

// replicasDiffer says that a partition has another number of replicas. While a partition is moved, Kafka counts those
// that come and those that go.
func (p *plan) replicasDiffer(want int32) bool {
	for i := range p.topic.Partitions {
		if int32(len(p.topic.Partitions[i].Replicas)) != want {
			return true
		}
	}
	return false
}

func numbers(field string, want, have int32) string {
	return fmt.Sprintf("%s is %d and not %d", field, want, have)
}

// counted writes a number with what it counts.
func counted(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}
