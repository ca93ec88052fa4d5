package v1alpha1

// The state strings and enumerations of Koperator, which its users' scripts read.

// TopicState is the state of a KafkaTopic.
type TopicState string

// TopicStateCreated says that the topic is in Kafka. Until then the state is empty.
const TopicStateCreated TopicState = "created"

// BrokerDefault in partitions or replicationFactor leaves the number to the brokers' default (KIP-464).
const BrokerDefault = -1

// Who manages a topic: values of the annotation and the status field managedBy. Koperator compares them without
// regard to case.
const (
	ManagedByAnnotation = "managedBy"
	ManagedByKoperator  = "koperator"
)

// UserState is the state of a KafkaUser.
type UserState string

// UserStateCreated says that the user has its certificate and its ACLs. Until then the state is empty.
const UserStateCreated UserState = "created"

// KafkaAccessType is what a grant allows.
type KafkaAccessType string

// What a grant allows.
const (
	KafkaAccessTypeRead  KafkaAccessType = "read"
	KafkaAccessTypeWrite KafkaAccessType = "write"
)

// KafkaPatternType is Kafka's resource pattern type in lower case.
type KafkaPatternType string

// How a grant's topic name is matched.
const (
	KafkaPatternTypeAny      KafkaPatternType = "any"
	KafkaPatternTypeLiteral  KafkaPatternType = "literal"
	KafkaPatternTypeMatch    KafkaPatternType = "match"
	KafkaPatternTypePrefixed KafkaPatternType = "prefixed"
)

// CruiseControlTaskOperation is an endpoint of Cruise Control's REST API.
type CruiseControlTaskOperation string

// The endpoints that an operation may call.
const (
	OperationStopExecution CruiseControlTaskOperation = "stop_proposal_execution"
	OperationAddBroker     CruiseControlTaskOperation = "add_broker"
	OperationRemoveBroker  CruiseControlTaskOperation = "remove_broker"
	OperationRemoveDisks   CruiseControlTaskOperation = "remove_disks"
	OperationRebalance     CruiseControlTaskOperation = "rebalance"
	// Those below are ours; Koperator leaves them alone for ever.
	OperationDemoteBroker       CruiseControlTaskOperation = "demote_broker"
	OperationFixOfflineReplicas CruiseControlTaskOperation = "fix_offline_replicas"
	OperationTopicConfiguration CruiseControlTaskOperation = "topic_configuration"
	// OperationStatus is Koperator's own, for a state that takes long to tell; here it is nothing to do.
	OperationStatus CruiseControlTaskOperation = "status"
)

// ErrorPolicyType says what a failed task means.
type ErrorPolicyType string

// What a failed task means.
const (
	ErrorPolicyIgnore ErrorPolicyType = "ignore"
	ErrorPolicyRetry  ErrorPolicyType = "retry"
)
