package brokers

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/kompositor/kompositor/sync"
)

// topic is what a cluster holds of a topic beside its partitions.
type topic struct {
	id     string
	config map[string]string
}

const minISRKey = "min.insync.replicas"

// topicKeys are the topic configurations that the brokers know here, with their defaults.
func topicKeys() map[string]string {
	return map[string]string{
		"cleanup.policy": "delete", "max.message.bytes": "1048588", minISRKey: "1", "retention.bytes": "-1",
		"retention.ms": "604800000", "segment.bytes": "1073741824",
	}
}

// Topics returns the names of the topics, sorted.
func (c *Cluster) Topics() []string { return slices.Sorted(maps.Keys(c.topics)) }

// TopicConfig returns the keys that are set on a topic. They must not be changed.
func (c *Cluster) TopicConfig(name string) map[string]string {
	if c.topics[name] == nil {
		return nil
	}
	return c.topics[name].config
}

// remember makes a topic known, with an id that no topic had before it.
func (c *Cluster) remember(name string, config map[string]string) {
	if c.topics == nil {
		c.topics = map[string]*topic{}
	}
	c.made++
	var id [16]byte
	binary.BigEndian.PutUint64(id[8:], c.made)
	c.topics[name] = &topic{id: base64.RawURLEncoding.EncodeToString(id[:]), config: maps.Clone(config)}
}

// partitionsOf returns a topic's partitions, in order.
func (c *Cluster) partitionsOf(name string) []*Partition {
	return slices.DeleteFunc(slices.Clone(c.partitions), func(p *Partition) bool { return p.Topic != name })
}

// DeleteTopic deletes a topic with its records.
func (c *Cluster) DeleteTopic(name string) {
	delete(c.topics, name)
	c.partitions = slices.DeleteFunc(c.partitions, func(p *Partition) bool { return p.Topic == name })
	c.moves = slices.DeleteFunc(c.moves, func(m move) bool { return m.partition.Topic == name })
}

// AlterTopic sets and deletes keys of a topic's configuration.
func (c *Cluster) AlterTopic(name string, set map[string]string, drop []string) error {
	topic := c.topics[name]
	if topic == nil {
		return fmt.Errorf("UNKNOWN_TOPIC_OR_PARTITION: there is no topic %s", name)
	}
	if err := checkTopicConfig(set); err != nil {
		return err
	}
	if topic.config == nil {
		topic.config = map[string]string{}
	}
	maps.Copy(topic.config, set)
	for _, key := range drop {
		delete(topic.config, key)
	}
	for _, p := range c.partitionsOf(name) {
		p.MinISR = minISROf(topic.config)
	}
	return nil
}

func minISROf(config map[string]string) int {
	least, err := strconv.Atoi(config[minISRKey])
	if err != nil {
		return 1
	}
	return least
}

func checkTopicConfig(config map[string]string) error {
	known := topicKeys()
	for _, key := range slices.Sorted(maps.Keys(config)) {
		byDefault, exists := known[key]
		if !exists {
			return fmt.Errorf("INVALID_CONFIG: Unknown topic config name: %s", key)
		}
		_, wasNumber := strconv.ParseInt(byDefault, 10, 64)
		if _, err := strconv.ParseInt(config[key], 10, 64); err != nil && wasNumber == nil {
			return fmt.Errorf("INVALID_CONFIG: Invalid value %s for configuration %s", config[key], key)
		}
	}
	return nil
}

// describeTopic is the answer about one topic.
func (c *Cluster) describeTopic(name string) sync.Topic {
	topic := c.topics[name]
	if topic == nil {
		return sync.Topic{}
	}
	answer := sync.Topic{Exists: true, ID: topic.id}
	for _, p := range c.partitionsOf(name) {
		answer.Partitions = append(answer.Partitions, p.shown())
	}
	keys := topicKeys()
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		entry := sync.ConfigEntry{Name: key, Value: keys[key], Source: sync.SourceDefault}
		if value, set := topic.config[key]; set {
			entry.Value, entry.Source = value, sync.SourceTopic
		}
		answer.Config = append(answer.Config, entry)
	}
	return answer
}

// PerformTopic carries out a command about a topic, as Kafka would. It says whether the command was one.
func (k *Kafka) PerformTopic(command sync.Command) (ours bool, err error) {
	switch command := command.(type) {
	case sync.CreateTopic:
		return true, k.with(command.Connection, func(c *Cluster) error { return c.create(&command) })
	case sync.CreatePartitions:
		return true, k.with(command.Connection, func(c *Cluster) error { return c.addPartitions(&command) })
	case sync.DeleteTopic:
		return true, k.with(command.Connection, func(c *Cluster) error { c.DeleteTopic(command.Topic); return nil })
	case sync.AlterConfigs:
		if command.Resource.Type == sync.TopicConfig {
			return true, k.with(command.Connection, func(c *Cluster) error {
				return c.AlterTopic(command.Resource.Name, command.Set, command.Delete)
			})
		}
	}
	return false, nil
}

// with does something at the cluster that answers at a connection.
func (k *Kafka) with(connection sync.KafkaConnection, do func(*Cluster) error) error {
	broker, why := k.connect(connection)
	if broker == nil {
		return fmt.Errorf("%s", why)
	}
	return do(broker.cluster)
}

// create makes a topic; one that exists is left alone.
func (c *Cluster) create(command *sync.CreateTopic) error {
	if c.topics[command.Topic] != nil {
		return nil
	}
	if err := checkTopicConfig(command.Config); err != nil {
		return err
	}
	orDefault := func(n int32) int { // num.partitions and default.replication.factor are 1
		if n < 0 {
			return 1
		}
		return int(n)
	}
	replicas := orDefault(command.ReplicationFactor)
	if live := len(c.Live()); replicas > live {
		return fmt.Errorf("INVALID_REPLICATION_FACTOR: replication factor %d is larger than %d, the brokers that are alive",
			replicas, live)
	}
	return c.place(command.Topic, orDefault(command.Partitions), replicas, command.Config)
}

// addPartitions grows a topic; one that has as many partitions is left alone.
func (c *Cluster) addPartitions(command *sync.CreatePartitions) error {
	have := c.partitionsOf(command.Topic)
	switch {
	case len(have) == 0:
		return fmt.Errorf("UNKNOWN_TOPIC_OR_PARTITION: there is no topic %s", command.Topic)
	case len(have) > int(command.Total):
		return fmt.Errorf("INVALID_PARTITIONS: the topic has %d partitions, which is more than %d", len(have), command.Total)
	}
	for number := len(have); number < int(command.Total); number++ {
		c.addPartition(command.Topic, number, len(have[0].Replicas), have[0].MinISR)
	}
	return nil
}
