package sync

import (
	"slices"
	"strings"
)

// KafkaFacts are what a Kafka cluster says of itself.
type KafkaFacts struct {
	Cluster       Fact[KafkaCluster]       `json:"cluster,omitzero"`
	Quorum        Fact[Quorum]             `json:"quorum,omitzero"`
	Partitions    Fact[[]Partition]        `json:"partitions,omitzero"`
	Reassignments Fact[[]Reassignment]     `json:"reassignments,omitzero"`
	LogDirs       Fact[[]BrokerLogDirs]    `json:"logDirs,omitzero"`
	Configs       Fact[[]DescribedConfigs] `json:"configs,omitzero"`
	Features      Fact[Features]           `json:"features,omitzero"`
	Topic         Fact[Topic]              `json:"topic,omitzero"`
	User          Fact[User]               `json:"user,omitzero"`
}

// Unknown is the same answer with everything in it that is known made unknown, for a reason that makes it worthless.
func (f KafkaFacts) Unknown(why string) KafkaFacts {
	doubt(&f.Cluster, why)
	doubt(&f.Quorum, why)
	doubt(&f.Partitions, why)
	doubt(&f.Reassignments, why)
	doubt(&f.LogDirs, why)
	doubt(&f.Configs, why)
	doubt(&f.Features, why)
	doubt(&f.Topic, why)
	doubt(&f.User, why)
	return f
}

func doubt[T any](fact *Fact[T], why string) {
	if fact.known {
		*fact = UnknownFact[T](why)
	}
}

// KafkaCluster is the answer to DescribeCluster.
type KafkaCluster struct {
	ID string `json:"id"`
	// Controller is the id of the active controller as clients see it, -1 for none.
	Controller int32 `json:"controller"`
	// Brokers are the registered and unfenced brokers, ascending.
	Brokers []int32 `json:"brokers"`
	// Racks are the racks of those brokers that have one.
	Racks map[int32]string `json:"racks,omitempty"`
}

// Quorum is the answer to DescribeQuorum (KIP-836).
type Quorum struct {
	// Leader is the id of the quorum's leader, -1 for none.
	Leader int32 `json:"leader"`
	// Voters are sorted by id.
	Voters    []QuorumReplica `json:"voters"`
	Observers []QuorumReplica `json:"observers,omitempty"`
	// FetchTimeoutMillis is controller.quorum.fetch.timeout.ms as in force, milliseconds; 0 when not known.
	FetchTimeoutMillis int64 `json:"fetchTimeoutMillis,omitzero"`
}

// QuorumReplica is one voter or observer of the metadata log.
type QuorumReplica struct {
	ID int32 `json:"id"`
	// LogEndOffset is the replica's end offset of the metadata log, -1 when unknown.
	LogEndOffset int64 `json:"logEndOffset"`
	// LastCaughtUpMillis is when it was last caught up with the leader, Unix milliseconds, -1 when unknown.
	LastCaughtUpMillis int64 `json:"lastCaughtUpMillis"`
	// Directory is the id of the replica's metadata directory (KIP-853), empty where Kafka does not tell.
	Directory string `json:"directory,omitzero"`
}

// Partition is one partition as DescribeTopics shows it, with the min.insync.replicas in force for its topic.
type Partition struct {
	Topic     string  `json:"topic"`
	Partition int32   `json:"partition"`
	Leader    int32   `json:"leader"` // -1 for none: the partition is offline.
	Replicas  []int32 `json:"replicas"`
	ISR       []int32 `json:"isr"`
	MinISR    int     `json:"minISR"`
}

// On says that a broker holds a replica of the partition.
func (p *Partition) On(broker int32) bool { return slices.Contains(p.Replicas, broker) }

// Reassignment is a partition that is being moved (KIP-455).
type Reassignment struct {
	Topic     string  `json:"topic"`
	Partition int32   `json:"partition"`
	Replicas  []int32 `json:"replicas"`
	Adding    []int32 `json:"adding,omitempty"`
	Removing  []int32 `json:"removing,omitempty"`
}

// BrokerLogDirs are the log directories of one broker, or why they are not known.
type BrokerLogDirs struct {
	Broker  int32    `json:"broker"`
	Unknown string   `json:"unknown,omitzero"`
	Dirs    []LogDir `json:"dirs,omitempty"`
}

// LogsOn counts the replicas in a broker's log directories, by its own word; unknown says why they are not known. It
// needs no permission for any topic, and so shows what Partitions hides from somebody who may not describe every topic
// (Kafka leaves those out of a list of all without a word).
func (f *KafkaFacts) LogsOn(broker int32) (replicas int, unknown string) {
	all, known := f.LogDirs.Get()
	if !known {
		return 0, f.LogDirs.Why()
	}
	for i := range all {
		if all[i].Broker != broker {
			continue
		}
		for _, dir := range all[i].Dirs {
			replicas += dir.Replicas
		}
		return replicas, all[i].Unknown
	}
	return 0, "it was not asked for them"
}

// LogDir is one log directory as DescribeLogDirs shows it.
type LogDir struct {
	Path string `json:"path"`
	// Error is Kafka's word for a directory that is offline, such as KAFKA_STORAGE_ERROR.
	Error string `json:"error,omitzero"`
	// TotalBytes and UsableBytes are those of the volume (KIP-827), -1 when the broker does not say.
	TotalBytes  int64 `json:"totalBytes"`
	UsableBytes int64 `json:"usableBytes"`
	// Replicas is how many replicas it holds, those that are moved into it included.
	Replicas int `json:"replicas"`
	// SizeBytes is the size of these replicas' logs.
	SizeBytes int64 `json:"sizeBytes"`
}

// ConfigResourceType says what a configuration belongs to.
type ConfigResourceType string

// The resources whose configuration is asked for or changed.
const (
	// BrokerConfig is one broker's, or with an empty name the default of all brokers.
	BrokerConfig ConfigResourceType = "broker"
	TopicConfig  ConfigResourceType = "topic"
)

// ConfigResource is what has a configuration.
type ConfigResource struct {
	Type ConfigResourceType `json:"type"`
	// Name is a broker id, empty for the default of all brokers, or a topic.
	Name string `json:"name,omitzero"`
}

// String names the resource in messages.
func (r ConfigResource) String() string {
	if r == (ConfigResource{Type: BrokerConfig}) {
		return "all brokers"
	}
	return string(r.Type) + " " + r.Name
}

// DescribedConfigs is the configuration of one resource as far as it was asked for, or why it is not known. An entry
// that Kafka does not list is not set, or is no key that this Kafka knows.
type DescribedConfigs struct {
	Resource ConfigResource `json:"resource"`
	Unknown  string         `json:"unknown,omitzero"`
	Entries  []ConfigEntry  `json:"entries,omitempty"`
}

// Entry returns the entry of that name.
func (d *DescribedConfigs) Entry(name string) (ConfigEntry, bool) { return entry(d.Entries, name) }

func entry(entries []ConfigEntry, name string) (ConfigEntry, bool) {
	i := slices.IndexFunc(entries, func(e ConfigEntry) bool { return e.Name == name })
	if i < 0 {
		return ConfigEntry{}, false
	}
	return entries[i], true
}

// ConfigSource says where the value in force comes from. Source: Kafka, DescribeConfigsResponse.ConfigSource.
type ConfigSource string

// The sources of a value.
const (
	SourceTopic         ConfigSource = "topic"         // set on the topic
	SourceBroker        ConfigSource = "broker"        // set dynamically on this broker
	SourceDefaultBroker ConfigSource = "defaultBroker" // set dynamically for all brokers
	SourceStatic        ConfigSource = "static"        // the broker's properties file
	SourceDefault       ConfigSource = "default"       // Kafka's own default
	SourceLogger        ConfigSource = "logger"        // a broker's logger
	SourceClientMetrics ConfigSource = "clientMetrics" // set on a client metrics subscription
	SourceGroup         ConfigSource = "group"         // set on a group
	SourceUnknown       ConfigSource = "unknown"       // one that this release does not know
)

// ConfigEntry is one key of a configuration.
type ConfigEntry struct {
	Name string `json:"name"`
	// Value is the value in force. That of a sensitive key is never told.
	Value  string       `json:"value,omitzero"`
	Source ConfigSource `json:"source"`
	// ReadOnly says that a change of the key needs a restart.
	ReadOnly  bool `json:"readOnly,omitzero"`
	Sensitive bool `json:"sensitive,omitzero"`
}

// Features are the cluster's feature levels (KIP-584).
type Features struct {
	// Finalized are the levels in force, by name, such as metadata.version.
	Finalized map[string]int16 `json:"finalized,omitempty"`
	// Supported are the levels that every live broker supports.
	Supported map[string]FeatureRange `json:"supported,omitempty"`
	// Brokers are the brokers that were asked, ascending.
	Brokers []int32 `json:"brokers,omitempty"`
}

// FeatureRange is from the lowest to the highest level of a feature.
type FeatureRange struct {
	Min int16 `json:"min"`
	Max int16 `json:"max"`
}

// Topic is what Kafka says of one topic.
type Topic struct {
	// Exists is false when Kafka knows no topic of that name; nothing else is said then.
	Exists bool `json:"exists"`
	// ID is the topic's id (KIP-516), empty where Kafka does not tell.
	ID string `json:"id,omitzero"`
	// Internal says that it is one of Kafka's own, such as __consumer_offsets.
	Internal   bool        `json:"internal,omitzero"`
	Partitions []Partition `json:"partitions,omitempty"`
	// Config is the topic's configuration, every key.
	Config []ConfigEntry `json:"config,omitempty"`
}

// Entry returns the configuration entry of that name.
func (t *Topic) Entry(name string) (ConfigEntry, bool) { return entry(t.Config, name) }

// User is what Kafka says of one principal.
type User struct {
	// ACLs are those of the principal, in a fixed order.
	ACLs []ACL `json:"acls,omitempty"`
	// NoAuthorizer says that the brokers have no authorizer: they keep no ACLs, and everybody may do everything.
	NoAuthorizer bool `json:"noAuthorizer,omitzero"`
	// SCRAM are the mechanisms that the user has a credential for.
	SCRAM []SCRAMCredential `json:"scram,omitempty"`
	// Quotas are those set on exactly this user, by key, such as producer_byte_rate.
	Quotas map[string]float64 `json:"quotas,omitempty"`
}

// ACL is one access control entry. The words are those of Kafka's protocol, in lower case.
type ACL struct {
	ResourceType string `json:"resourceType"` // topic, group, cluster, transactional_id
	ResourceName string `json:"resourceName"`
	PatternType  string `json:"patternType"` // literal or prefixed
	Principal    string `json:"principal"`   // such as User:CN=alice
	Host         string `json:"host"`        // * for any
	Operation    string `json:"operation"`   // read, write, describe, create, ...
	Permission   string `json:"permission"`  // allow or deny
}

// String writes the ACL in one line, its fields in the order of Koperator's status.acls.
func (a ACL) String() string {
	return strings.Join([]string{
		a.Principal, a.ResourceType, a.PatternType, a.ResourceName, a.Operation, a.Permission, a.Host,
	}, ",")
}

// SCRAMCredential is one credential of a user (KIP-554); Kafka never tells its keys.
type SCRAMCredential struct {
	Mechanism  string `json:"mechanism"` // SCRAM-SHA-256 or SCRAM-SHA-512
	Iterations int32  `json:"iterations"`
}
