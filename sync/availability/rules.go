package availability

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kompositor/kompositor/sync"
)

// Rules are what the user allows of nodes that stop.
type Rules struct {
	// FailureThreshold is rollingUpgradeConfig.failureThreshold: with that many failures, no broker may stop.
	FailureThreshold int
	// Alerts is how many alerts of the user's count as failures.
	Alerts int
	// Accepted waives what no order of restarts could protect (docs/adr/0016), nothing else.
	Accepted bool
	// Consent is what the user sets to accept that, for messages.
	Consent string
	// Down are nodes that are stopping or starting already, whatever Kafka says of them yet.
	Down []int32
}

func (r *Rules) down(id int32) bool { return slices.Contains(r.Down, id) }

// count writes a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// list writes broker ids for people.
func list(ids []int32) string {
	if len(ids) == 0 {
		return "none"
	}
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = fmt.Sprint(id)
	}
	return strings.Join(texts, ", ")
}

// name is a partition as Kafka writes it.
func name(partition *sync.Partition) string {
	return sync.TopicPartition{Topic: partition.Topic, Partition: partition.Partition}.String()
}
