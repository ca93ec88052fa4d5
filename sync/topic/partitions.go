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
