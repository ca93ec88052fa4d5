package v1beta1

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// KafkaClusterStatus is what is known about the cluster. Koperator's fields keep their names and values.
type KafkaClusterStatus struct {
	// ObservedGeneration is the generation of the spec that this status speaks about.
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`
	// Conditions say what is true, and if not, what is awaited and who must act.
	// +listType=map
	// +listMapKey=type
	Conditions []metav1.Condition `json:"conditions,omitempty"`
	// BrokersState is the state of every broker by its id.
	BrokersState map[string]BrokerState `json:"brokersState,omitempty"`
	// CruiseControlTopicStatus says whether the topic of Cruise Control's metrics is there.
	CruiseControlTopicStatus CruiseControlTopicStatus `json:"cruiseControlTopicStatus,omitempty"`
	// State of the whole cluster.
	State ClusterState `json:"state,omitempty"`
	// RollingUpgrade is the state of rolling restarts.
	RollingUpgrade RollingUpgradeStatus `json:"rollingUpgradeStatus"`
	// AlertCount is the number of alerts that fire for this cluster.
	AlertCount int `json:"alertCount"`
	// ListenerStatuses are the addresses of the listeners.
	ListenerStatuses ListenerStatuses `json:"listenerStatuses,omitzero"`
	// ClusterID is the id of the KRaft cluster. It never changes.
	ClusterID string `json:"clusterID,omitempty"`
	// KRaft is what is known of the KRaft quorum.
	KRaft KRaftStatus `json:"kRaft,omitzero"`
	// ClusterWideConfig is what was made of spec.clusterWideConfig in Kafka.
	ClusterWideConfig DynamicConfigStatus `json:"clusterWideConfig,omitzero"`
}

// DynamicConfigStatus is what was made of a dynamic configuration in Kafka. It stands here before Kafka is told, so
// that a key whose answer was lost is still known as ours, and is taken back when the spec drops it.
type DynamicConfigStatus struct {
	// Keys that are set, or are to be set or taken back, in order.
	Keys []string `json:"keys,omitempty"`
	// Applied is a fingerprint of the keys and values that were last set: Kafka does not tell the values of secret keys.
	Applied string `json:"applied,omitempty"`
	// Refused says why Kafka did not take the last change, in its own words.
	Refused string `json:"refused,omitempty"`
	// RetryAt is when the refused change is tried again; a change of the spec is tried at once.
	RetryAt metav1.Time `json:"retryAt,omitzero"`
}

// KRaftStatus is what is known of the KRaft quorum.
type KRaftStatus struct {
	// Quorum is Static (voters are listed in every node's configuration) or Dynamic (KIP-853). A cluster keeps for life
	// what it began with.
	Quorum QuorumMode `json:"quorum,omitempty"`
	// Formed says that the controllers have formed a quorum once. From then on a controller with an empty disk joins it.
	Formed bool `json:"formed,omitempty"`
	// Voters are the ids of the quorum's voters as last seen, ascending.
	Voters []int32 `json:"voters,omitempty"`
	// MetadataVersion is Kafka's feature metadata.version.
	MetadataVersion MetadataVersionStatus `json:"metadataVersion,omitzero"`
}

// QuorumMode is how the voters of a KRaft quorum are known.
type QuorumMode string

// RollingUpgradeStatus is the state of rolling restarts.
type RollingUpgradeStatus struct {
	// LastSuccess is when the last rolling restart ended well, in UTC, such as 2026-01-31 23:59:59.
	LastSuccess string `json:"lastSuccess"`
	// ErrorCount is the number of firing alerts labelled rollingupgrade.
	ErrorCount int `json:"errorCount"`
	// LeadersOwed says that a restart has taken leaders away that rollingUpgradeConfig.restorePreferredLeaders gives back.
	LeadersOwed bool `json:"leadersOwed,omitempty"`
}

// BrokerState is the state of one broker.
type BrokerState struct {
	// RackAwarenessState is Configured, WaitingForRackAwareness, or the broker.rack line itself.
	RackAwarenessState RackAwarenessState `json:"rackAwarenessState"`
	// GracefulActionState is how far Cruise Control is with adding or removing the broker or its disks.
	GracefulActionState GracefulActionState `json:"gracefulActionState"`
	// ConfigurationState says whether the broker runs with its present read-only configuration.
	ConfigurationState ConfigurationState `json:"configurationState"`
	// PerBrokerConfigurationState says whether the broker has its present dynamic configuration.
	PerBrokerConfigurationState PerBrokerConfigurationState `json:"perBrokerConfigurationState"`
	// DynamicConfig is what was made of the broker's brokerConfig.config in Kafka.
	DynamicConfig DynamicConfigStatus `json:"dynamicConfig,omitzero"`
	// ExternalListenerConfigNames are the ingresses that serve the broker.
	ExternalListenerConfigNames []string `json:"externalListenerConfigNames,omitempty"`
	// Version of Kafka that the broker runs.
	Version string `json:"version,omitempty"`
	// Image that the broker runs.
	Image string `json:"image,omitempty"`
	// ConfigurationBackup is the broker's last spec, compressed, so that a broker that left the spec can still be
	// started for as long as it is being emptied.
	ConfigurationBackup string `json:"configurationBackup,omitempty"`
	// Unregistered says that Kafka was told to forget the broker, which has left the cluster for good (KIP-631).
	Unregistered bool `json:"unregistered,omitempty"`
	// WaitingFor says in one sentence what the broker is waiting for. Empty when it waits for nothing.
	WaitingFor string `json:"waitingFor,omitempty"`
}

// GracefulActionState is how far Cruise Control is with a broker.
type GracefulActionState struct {
	// CruiseControlState of adding or removing the broker.
	CruiseControlState CruiseControlState `json:"cruiseControlState"`
	// CruiseControlOperationReference names the CruiseControlOperation that does it.
	CruiseControlOperationReference *corev1.LocalObjectReference `json:"cruiseControlOperationReference,omitempty"`
	// VolumeStates are the states of the broker's disks by mount path.
	VolumeStates map[string]VolumeState `json:"volumeStates,omitempty"`
}

// VolumeState is how far Cruise Control is with a disk.
type VolumeState struct {
	// CruiseControlVolumeState of filling or emptying the disk.
	CruiseControlVolumeState CruiseControlVolumeState `json:"cruiseControlVolumeState"`
	// CruiseControlOperationReference names the CruiseControlOperation that does it.
	CruiseControlOperationReference *corev1.LocalObjectReference `json:"cruiseControlOperationReference,omitempty"`
}

// ListenerStatuses are the addresses of the listeners by listener name.
type ListenerStatuses struct {
	// InternalListeners by name.
	InternalListeners map[string][]ListenerStatus `json:"internalListeners,omitempty"`
	// ExternalListeners by name.
	ExternalListeners map[string][]ListenerStatus `json:"externalListeners,omitempty"`
}

// ListenerStatus is one address of a listener.
type ListenerStatus struct {
	// Name is any-broker or broker-<id>, with the ingress' name behind it where there are several.
	Name string `json:"name"`
	// Address is host:port.
	Address string `json:"address"`
}
