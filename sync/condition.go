package sync

// ConditionType is one of the closed set of conditions. All are positive: True is good.
type ConditionType string

// The conditions. KafkaTopics have Ready, SpecValid and KafkaReachable, CruiseControlOperations
// CruiseControlReachable in the place of the last.
const (
	Ready                  ConditionType = "Ready"
	SpecValid              ConditionType = "SpecValid"
	BrokersReady           ConditionType = "BrokersReady"
	ConfigInSync           ConditionType = "ConfigInSync"
	RollingUpdate          ConditionType = "RollingUpdate"
	Rebalancing            ConditionType = "Rebalancing"
	KafkaReachable         ConditionType = "KafkaReachable"
	CruiseControlReachable ConditionType = "CruiseControlReachable"
	CertificatesReady      ConditionType = "CertificatesReady"
	ExternalAccessReady    ConditionType = "ExternalAccessReady"
	QuorumAsSpecified      ConditionType = "QuorumAsSpecified"
	UpgradeComplete        ConditionType = "UpgradeComplete"
	VolumesAsSpecified     ConditionType = "VolumesAsSpecified"
)

// Reason is one of the closed set of reasons: of a condition, of a release, or of a decision.
type Reason string

// Reasons of decisions and conditions.
const (
	// AsExpected: the condition holds and nothing is awaited.
	AsExpected Reason = "AsExpected"
	// InvalidSpec: the spec has mistakes; everything is held until they are mended.
	InvalidSpec Reason = "InvalidSpec"
	// BrokersStarting: brokers are being created or are not ready yet.
	BrokersStarting Reason = "BrokersStarting"
	// BrokerStuck: a broker's Pod can not start for a reason that Kubernetes names.
	BrokerStuck Reason = "BrokerStuck"
	// NodeSilent: a broker's node is not heard of, so that nobody knows whether its process runs.
	NodeSilent Reason = "NodeSilent"
	// WrongLabel: the label brokerId of a Pod or claim does not name the broker that it belongs to, or a Pod lacks another
	// label by which its Services look for it.
	WrongLabel Reason = "WrongLabel"
	// BrokersNotReady: brokers that were ready are not.
	BrokersNotReady Reason = "BrokersNotReady"
	// PodStale: the broker runs with a configuration or Pod that the spec no longer asks for.
	PodStale Reason = "PodStale"
	// DrawnOtherwise: all is as the spec asks, and a broker would be drawn otherwise now than another release of
	// Kompositor has drawn it. That waits for a restart that has a reason.
	DrawnOtherwise Reason = "DrawnOtherwise"
	// PodFailed: the broker's Pod has ended and is replaced.
	PodFailed Reason = "PodFailed"
	// ConfigRefused: Kafka did not take a change of the dynamic configuration.
	ConfigRefused Reason = "ConfigRefused"
	// ConfigMisplaced: the spec asks for a key of Kafka where it can not stand.
	ConfigMisplaced Reason = "ConfigMisplaced"
	// ConfigOverridden: another value is in force than the spec asks for, because it is set where it counts more.
	ConfigOverridden Reason = "ConfigOverridden"
	// ConfigPending: a change of the dynamic configuration is under way.
	ConfigPending Reason = "ConfigPending"
	// RestartRequested: the user asked for a restart.
	RestartRequested Reason = "RestartRequested"
	// RestartWaits: a restart is due and not safe now.
	RestartWaits Reason = "RestartWaits"
	// BrokerRestarting: a broker is restarting by our choice.
	BrokerRestarting Reason = "BrokerRestarting"
	// RestoringLeaders: restarts are done, and partitions are given back to their preferred leaders.
	RestoringLeaders Reason = "RestoringLeaders"
	// BrokerLeaving: a broker that the spec no longer lists is kept until it is proven empty.
	BrokerLeaving Reason = "BrokerLeaving"
	// BrokerEmpty: Kafka reports no replica on a broker that the spec no longer lists.
	BrokerEmpty Reason = "BrokerEmpty"
	// VolumeLeaving: a log directory that the spec no longer lists is kept until it is proven empty.
	VolumeLeaving Reason = "VolumeLeaving"
	// VolumeEmpty: Kafka reports no replica in a log directory that the spec no longer lists.
	VolumeEmpty Reason = "VolumeEmpty"
	// VolumeHeld: a change of storage that can not be carried out.
	VolumeHeld Reason = "VolumeHeld"
	// VolumePending: a volume is being made or grown, or the file system on it is.
	VolumePending Reason = "VolumePending"
	// VolumeResized: a volume has grown, and the file system on it grows only when its Pod starts.
	VolumeResized Reason = "VolumeResized"
	// VolumeLarger: a volume is larger than the spec asks for, and can not shrink.
	VolumeLarger Reason = "VolumeLarger"
	// KafkaUnknown: a fact about Kafka is missing.
	KafkaUnknown Reason = "KafkaUnknown"
	// OtherCluster: the Kafka that answers is not this cluster.
	OtherCluster Reason = "OtherCluster"
	// NotAsked: the condition is about something that this cluster does not use, or that nobody had to look at.
	NotAsked Reason = "NotAsked"
	// SecretMissing: a Secret that the spec names does not exist or lacks a key.
	SecretMissing Reason = "SecretMissing"
	// AddressPending: an external listener has no address yet.
	AddressPending Reason = "AddressPending"
	// IngressNotMade: an external listener has no proxy that is seen, and none is made here.
	IngressNotMade Reason = "IngressNotMade"
	// Finalizing: the cluster is being deleted.
	Finalizing Reason = "Finalizing"
	// GateRefused: the last check refused a decision; a defect of Kompositor.
	GateRefused Reason = "GateRefused"
	// ChildConflict: an object of a name that we need exists and is not ours.
	ChildConflict Reason = "ChildConflict"
	// ClusterMissing: the KafkaCluster that a topic or user refers to does not exist.
	ClusterMissing Reason = "ClusterMissing"
	// ClusterNotReady: the KafkaCluster that a topic or user refers to can not be asked yet, or is being deleted.
	ClusterNotReady Reason = "ClusterNotReady"
	// WrongCluster: another Kafka cluster answers than the one that the KafkaCluster stands for.
	WrongCluster Reason = "WrongCluster"
	// ChangeRefused: Kafka can not do what the spec asks of a broker, which keeps what it has.
	ChangeRefused Reason = "ChangeRefused"
	// VotersChanging: a voter is being added to the KRaft quorum, or taken out of it.
	VotersChanging Reason = "VotersChanging"
	// VotersWait: a change of the quorum's voters is due and not safe now.
	VotersWait Reason = "VotersWait"
	// VersionRising: the metadata.version is being raised.
	VersionRising Reason = "VersionRising"
	// VersionWaits: the metadata.version may be raised later, or when the user says so.
	VersionWaits Reason = "VersionWaits"
	// NotManaged: the user told us that somebody else manages the topic.
	NotManaged Reason = "NotManaged"
	// TopicPending: the topic is being claimed, made or changed, and has not been seen so yet.
	TopicPending Reason = "TopicPending"
	// TopicExists: a topic of that name is there that the KafkaTopic has not made and was not told to take over.
	TopicExists Reason = "TopicExists"
	// TopicConflict: another KafkaTopic claims the same topic.
	TopicConflict Reason = "TopicConflict"
	// TooFewBrokers: fewer brokers are alive than a new topic wants replicas.
	TooFewBrokers Reason = "TooFewBrokers"
	// FewerPartitions: the spec asks for fewer partitions than the topic has.
	FewerPartitions Reason = "FewerPartitions"
	// ReplicasDiffer: the spec asks for another replication factor than the topic has.
	ReplicasDiffer Reason = "ReplicasDiffer"
	// MinISRTooHigh: min.insync.replicas is larger than the number of replicas.
	MinISRTooHigh Reason = "MinISRTooHigh"
	// PartitionsOffline: partitions of the topic have no leader.
	PartitionsOffline Reason = "PartitionsOffline"
	// KafkaRefused: Kafka did not do what it was told.
	KafkaRefused Reason = "KafkaRefused"
	// KafkaBeingTold: Kafka is being told what a resource asks for.
	KafkaBeingTold Reason = "KafkaBeingTold"
	// CruiseControlStarting: Cruise Control is being started, or its Pod does not serve.
	CruiseControlStarting Reason = "CruiseControlStarting"
	// NotTakenOver: objects that Koperator has made for the cluster are not found; everything is held until they are.
	NotTakenOver Reason = "NotTakenOver"
	// Paused: the user asked us to change nothing.
	Paused Reason = "Paused"
	// CruiseControlUnknown: a fact about Cruise Control is missing.
	CruiseControlUnknown Reason = "CruiseControlUnknown"
	// CruiseControlBusy: Cruise Control executes something that is none of our operations.
	CruiseControlBusy Reason = "CruiseControlBusy"
	// CruiseControlAtCapacity: Cruise Control has as many active tasks as it takes.
	CruiseControlAtCapacity Reason = "CruiseControlAtCapacity"
	// CruiseControlNotReady: Cruise Control has not enough metrics for a proposal.
	CruiseControlNotReady Reason = "CruiseControlNotReady"
	// CruiseControlRefused: Cruise Control did not do what it was told.
	CruiseControlRefused Reason = "CruiseControlRefused"
	// HardGoalViolated: a hard goal can not be met, or the goals that are asked for lack one.
	HardGoalViolated Reason = "HardGoalViolated"
	// CruiseControlLacksBroker: Cruise Control does not know a broker, its capacity, or a log directory of it.
	CruiseControlLacksBroker Reason = "CruiseControlLacksBroker"
	// CruiseControlLogin: Cruise Control refuses the login.
	CruiseControlLogin Reason = "CruiseControlLogin"
	// RequestRefused: Cruise Control will never take the request as it is.
	RequestRefused Reason = "RequestRefused"
	// OperationQueued: another operation of the cluster goes first.
	OperationQueued Reason = "OperationQueued"
	// OperationWaits: an operation is wanted, and can not be made now.
	OperationWaits Reason = "OperationWaits"
	// TaskStarting: the task of an operation is about to be started.
	TaskStarting Reason = "TaskStarting"
	// TaskRunning: the task of an operation is computed or executed.
	TaskRunning Reason = "TaskRunning"
	// TaskFailed: the task of an operation has failed.
	TaskFailed Reason = "TaskFailed"
)

// ConditionTypes are all conditions that there are.
func ConditionTypes() []ConditionType {
	return []ConditionType{
		Ready, SpecValid, BrokersReady, ConfigInSync, RollingUpdate, Rebalancing, KafkaReachable, CruiseControlReachable,
		CertificatesReady, ExternalAccessReady, QuorumAsSpecified, UpgradeComplete,
		VolumesAsSpecified,
	}
}

// Reasons are all reasons that there are.
func Reasons() []Reason {
	return []Reason{
		AsExpected, InvalidSpec, BrokersStarting, BrokerStuck, NodeSilent, WrongLabel, BrokersNotReady, PodStale,
		DrawnOtherwise, PodFailed, ConfigRefused, ConfigMisplaced, ConfigOverridden, ConfigPending, RestartRequested,
		RestartWaits, BrokerRestarting, RestoringLeaders, BrokerLeaving, BrokerEmpty, VolumeLeaving, VolumeEmpty, VolumeHeld,
		VolumePending, VolumeResized, VolumeLarger, KafkaUnknown, OtherCluster, NotAsked, SecretMissing,
		AddressPending, IngressNotMade, Finalizing, GateRefused, ChildConflict, ClusterMissing, ClusterNotReady, WrongCluster,
		ChangeRefused, VotersChanging, VotersWait, VersionRising, VersionWaits, NotManaged, TopicPending,
		TopicExists, TopicConflict, TooFewBrokers, FewerPartitions, ReplicasDiffer, MinISRTooHigh, PartitionsOffline,
		KafkaRefused, KafkaBeingTold, CruiseControlStarting, NotTakenOver, Paused, CruiseControlUnknown,
		CruiseControlBusy, CruiseControlAtCapacity, CruiseControlNotReady, CruiseControlRefused, HardGoalViolated,
		CruiseControlLacksBroker, CruiseControlLogin, RequestRefused, OperationQueued,
		OperationWaits, TaskStarting, TaskRunning, TaskFailed,
	}
}
