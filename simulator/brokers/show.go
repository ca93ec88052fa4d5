package brokers

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// ShowTopics lists the topics of every cluster: name, partitions, replicas, and the keys that are set.
func (k *Kafka) ShowTopics() string {
	var b strings.Builder
	for _, name := range k.Names() {
		cluster := k.Cluster(name)
		for _, topic := range cluster.Topics() {
			partitions := cluster.partitionsOf(topic)
			replicas := 0
			for _, p := range partitions {
				replicas = len(p.Replicas)
			}
			fmt.Fprintf(&b, "%s %s: %d partitions, %d replicas", name, topic, len(partitions), replicas)
			config := cluster.TopicConfig(topic)
			for _, key := range slices.Sorted(maps.Keys(config)) {
				fmt.Fprintf(&b, ", %s=%s", key, config[key])
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// ShowLogDirs lists how many replicas each log directory of each live broker holds.
func (c *Cluster) ShowLogDirs() string {
	var b strings.Builder
	for _, id := range c.Live() {
		fmt.Fprintf(&b, "broker %d:", id)
		for _, dir := range c.dirs[id] {
			fmt.Fprintf(&b, " %s %d", dir.path, c.heldIn(id, dir.disk))
		}
		b.WriteString("\n")
	}
	return b.String()
}
