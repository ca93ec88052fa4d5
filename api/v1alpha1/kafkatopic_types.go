package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// +kubebuilder:object:root=true
// +kubebuilder:subresource:status

// KafkaTopic is a topic of a KafkaCluster.
// +kubebuilder:validation:XValidation:rule="!has(oldSelf.status) || !has(oldSelf.status.state) || oldSelf.status.state != 'created' || self.spec.partitions < 1 || oldSelf.spec.partitions < 1 || self.spec.partitions >= oldSelf.spec.partitions",message="Kafka cannot take partitions from a topic: keep at least the old number in spec.partitions"
// +kubebuilder:validation:XValidation:rule="!has(oldSelf.status) || !has(oldSelf.status.state) || oldSelf.status.state != 'created' || self.spec.name == oldSelf.spec.name",message="a topic cannot be renamed: keep spec.name, and make another KafkaTopic for another topic"
type KafkaTopic struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   KafkaTopicSpec   `json:"spec,omitzero"`
	Status KafkaTopicStatus `json:"status,omitzero"`
}

// +kubebuilder:object:root=true

// KafkaTopicList is a list of KafkaTopics.
type KafkaTopicList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []KafkaTopic `json:"items"`
}

// KafkaTopicSpec is what the user asks for.
type KafkaTopicSpec struct {
	// Name of the topic in Kafka.
	// +required
	Name string `json:"name"`
	// Partitions of the topic; -1 means the brokers' default. They can only grow.
	// +kubebuilder:validation:Minimum=-1
	// +required
	// +kubebuilder:validation:XValidation:rule="self != 0",message="partitions must be 1 or more, or -1 for the brokers' default"
	Partitions int32 `json:"partitions"`
	// ReplicationFactor of the topic; -1 means the brokers' default.
	// +kubebuilder:validation:Minimum=-1
	// +required
	// +kubebuilder:validation:XValidation:rule="self != 0",message="replicationFactor must be 1 or more, or -1 for the brokers' default"
	ReplicationFactor int32 `json:"replicationFactor"`
	// Config are topic configurations, for example cleanup.policy.
	Config map[string]string `json:"config,omitempty"`
	// ClusterRef names the KafkaCluster.
	// +required
	ClusterRef ClusterReference `json:"clusterRef"`
}

// KafkaTopicStatus is what is known about the topic.
type KafkaTopicStatus struct {
	// ObservedGeneration is the generation of the spec that this status speaks about.
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`
	// Conditions say what is true, and if not, what is awaited and who must act.
	// +listType=map
	// +listMapKey=type
	Conditions []metav1.Condition `json:"conditions,omitempty"`
	// ManagedBy names who manages the topic. Only when it is us, changes of the resource reach the topic. It follows
	// the annotation managedBy.
	ManagedBy string `json:"managedBy"`
	// State of the topic.
	State TopicState `json:"state"`
	// TopicName is the topic that this resource has made or taken over, once it has.
	TopicName string `json:"topicName,omitempty"`
	// Cluster is namespace/name of the KafkaCluster that the topic is in.
	Cluster string `json:"cluster,omitempty"`
	// TopicID is the topic's id in Kafka (KIP-516).
	TopicID string `json:"topicID,omitempty"`
	// LostTopicID is the id of a topic of this name that vanished from Kafka, with all its records, without this
	// resource having been deleted. The present topic was made after it.
	LostTopicID string `json:"lostTopicID,omitempty"`
	// Partitions is how many partitions the topic has in Kafka.
	Partitions int32 `json:"partitions,omitempty"`
	// ReplicationFactor is how many replicas each partition has in Kafka; the lowest number where they differ.
	ReplicationFactor int32 `json:"replicationFactor,omitempty"`
	// Config are the keys that are set on the topic in Kafka, with their values.
	Config map[string]string `json:"config,omitempty"`
}
