package sync

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// The writes to Kafka. Each carries the connection of its cluster; String never shows it.

// KafkaCommand is a write to one Kafka cluster.
type KafkaCommand interface {
	Command
	// Cluster is the cluster that it is for.
	Cluster() KafkaConnection
}

// ToKafka is the part that all commands to Kafka share.
type ToKafka struct {
	Connection KafkaConnection
}

// To says that Kafka performs it.
func (ToKafka) To() Adapter { return AdapterKafka }

// Cluster is the cluster that it is for.
func (t ToKafka) Cluster() KafkaConnection { return t.Connection }

// AlterConfigs changes some keys of a configuration and leaves all others as they are (IncrementalAlterConfigs,
// KIP-339).
type AlterConfigs struct {
	ToKafka
	Resource ConfigResource
	Set      map[string]string
	// Delete are the keys that go back to what is in force without them.
	Delete []string
	// Secret are the keys of Set whose values must not be shown.
	Secret []string
}

// String says what it does.
func (c AlterConfigs) String() string {
	var changes []string
	for _, key := range slices.Sorted(maps.Keys(c.Set)) {
		value := c.Set[key]
		if slices.Contains(c.Secret, key) {
			value = redacted
		}
		changes = append(changes, key+"="+value)
	}
	for _, key := range slices.Sorted(slices.Values(c.Delete)) {
		changes = append(changes, "no "+key)
	}
	return fmt.Sprintf("set %s of %s", strings.Join(changes, ", "), c.Resource)
}

// TopicPartition names a partition.
type TopicPartition struct {
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
}

// String is topic-partition, as Kafka writes it.
func (p TopicPartition) String() string { return fmt.Sprintf("%s-%d", p.Topic, p.Partition) }

// ElectPreferredLeaders gives partitions back to the first of their replicas (KIP-460). A partition that is led so
// already is left alone.
type ElectPreferredLeaders struct {
	ToKafka
	Partitions []TopicPartition
}

// String says what it does.
func (c ElectPreferredLeaders) String() string {
	const named = 3
	names := make([]string, 0, named+1)
	for i, partition := range c.Partitions {
		if i == named {
			names = append(names, fmt.Sprintf("and %d more", len(c.Partitions)-named))
			break
		}
		names = append(names, partition.String())
	}
	return "elect the preferred leaders of " + strings.Join(names, ", ")
}

// UpdateFeature finalizes a higher level of a feature (KIP-584). One that is that high already is left alone; a lower
// level is never asked for.
type UpdateFeature struct {
	ToKafka
	Feature string
	Level   int16
}

// String says what it does.
func (c UpdateFeature) String() string {
	return fmt.Sprintf("raise feature %s to level %d", c.Feature, c.Level)
}

// AddVoter makes an observer of the KRaft quorum a voter (KIP-853, AddRaftVoter).
type AddVoter struct {
	ToKafka
	ID int32
	// Directory is the id of the controller's metadata directory, as the quorum reports it of its observers.
	Directory string
	// Listener, Host and Port are where the other voters reach it: the controller listener.
	Listener string
	Host     string
	Port     int32
}

// String says what it does.
func (c AddVoter) String() string {
	return fmt.Sprintf("add voter %d with directory %s at %s:%d", c.ID, c.Directory, c.Host, c.Port)
}

// RemoveVoter takes a voter out of the KRaft quorum (KIP-853, RemoveRaftVoter). Its process goes on as an observer.
type RemoveVoter struct {
	ToKafka
	ID        int32
	Directory string
}

// String says what it does.
func (c RemoveVoter) String() string {
	return fmt.Sprintf("remove voter %d with directory %s", c.ID, c.Directory)
}

// UnregisterBroker makes the controller forget a broker that is gone for good (KIP-631).
type UnregisterBroker struct {
	ToKafka
	ID int32
}

// String says what it does.
func (c UnregisterBroker) String() string { return fmt.Sprintf("unregister broker %d", c.ID) }

// CreateTopic makes a topic. One that exists is left alone.
type CreateTopic struct {
	ToKafka
	Topic string
	// Partitions and ReplicationFactor: -1 leaves it to the brokers' default (KIP-464).
	Partitions        int32
	ReplicationFactor int32
	Config            map[string]string
}

// String says what it does.
func (c CreateTopic) String() string {
	parts := []string{fmt.Sprintf("create topic %s with %d partitions and replication factor %d",
		c.Topic, c.Partitions, c.ReplicationFactor)}
	for _, key := range slices.Sorted(maps.Keys(c.Config)) {
		parts = append(parts, key+"="+c.Config[key])
	}
	return strings.Join(parts, ", ")
}

// CreatePartitions grows a topic to a number of partitions. One that has as many is left alone.
type CreatePartitions struct {
	ToKafka
	Topic string
	Total int32
}

// String says what it does.
func (c CreatePartitions) String() string {
	return fmt.Sprintf("grow topic %s to %d partitions", c.Topic, c.Total)
}

// DeleteTopic deletes a topic with all its records. One that is gone is left alone.
type DeleteTopic struct {
	ToKafka
	Topic string
}

// String says what it does.
func (c DeleteTopic) String() string { return "delete topic " + c.Topic }

// CreateACLs adds access control entries. Those that exist are left alone.
type CreateACLs struct {
	ToKafka
	ACLs []ACL
}

// String says what it does.
func (c CreateACLs) String() string { return "create ACLs " + aclTexts(c.ACLs) }

// DeleteACLs removes exactly these access control entries. Those that are gone are left alone.
type DeleteACLs struct {
	ToKafka
	ACLs []ACL
}

// String says what it does.
func (c DeleteACLs) String() string { return "delete ACLs " + aclTexts(c.ACLs) }

func aclTexts(acls []ACL) string {
	texts := make([]string, 0, len(acls))
	for _, acl := range acls {
		texts = append(texts, acl.String())
	}
	return strings.Join(texts, "; ")
}

// SetSCRAM sets a user's SCRAM credential (KIP-554). Setting it again does no harm: connections stay.
type SetSCRAM struct {
	ToKafka
	User       string
	Mechanism  string // SCRAM-SHA-256 or SCRAM-SHA-512
	Iterations int32
	Password   Confidential
}

// String says what it does.
func (c SetSCRAM) String() string {
	return fmt.Sprintf("set the %s credential of user %s", c.Mechanism, c.User)
}

// DeleteSCRAM removes a user's SCRAM credential. One that is gone is left alone.
type DeleteSCRAM struct {
	ToKafka
	User      string
	Mechanism string
}

// String says what it does.
func (c DeleteSCRAM) String() string {
	return fmt.Sprintf("delete the %s credential of user %s", c.Mechanism, c.User)
}

// AlterQuotas changes some quotas of exactly one user (KIP-546) and leaves all others as they are.
type AlterQuotas struct {
	ToKafka
	User   string
	Set    map[string]float64
	Delete []string
}

// String says what it does.
func (c AlterQuotas) String() string {
	var changes []string
	for _, key := range slices.Sorted(maps.Keys(c.Set)) {
		changes = append(changes, key+"="+strconv.FormatFloat(c.Set[key], 'f', -1, 64))
	}
	for _, key := range slices.Sorted(slices.Values(c.Delete)) {
		changes = append(changes, "no "+key)
	}
	return fmt.Sprintf("set quotas of user %s: %s", c.User, strings.Join(changes, ", "))
}
