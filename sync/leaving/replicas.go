package leaving

import (
	"fmt"

	"github.com/kompositor/kompositor/sync"
)

// Replicas says in a clause that a broker holds replicas, or that nobody knows; empty when it holds none. Up says that
// its process may be up, so that it can tell what is in its log directories.
func Replicas(kafka *sync.KafkaFacts, broker int32, up bool) string {
	partitions, known := kafka.Partitions.Get()
	if !known {
		return "whether it holds replicas is not known: " + kafka.Partitions.Why()
	}
	replicas := 0
	for i := range partitions {
		if partitions[i].On(broker) {
			replicas++
		}
	}
	switch {
	case replicas > 0:
		return fmt.Sprintf("it holds %s: move them to other brokers", count(replicas))
	case up:
		return logs(kafka, broker)
	}
	return ""
}

// logs says that a broker has replicas that Kafka's list of partitions does not show, or that nobody knows. The list
// lacks every topic that Kompositor's user may not describe, without a word.
func logs(kafka *sync.KafkaFacts, broker int32) string {
	switch replicas, unknown := kafka.LogsOn(broker); {
	case unknown != "":
		return "what is in its log directories is not known: " + unknown
	case replicas > 0:
		return fmt.Sprintf("its log directories hold %s of which Kafka's list of partitions tells nothing: let Kompositor's "+
			"user describe every topic, and move them to other brokers", count(replicas))
	}
	return ""
}

func count(replicas int) string {
	if replicas == 1 {
		return "1 replica"
	}
	return fmt.Sprintf("%d replicas", replicas)
}
