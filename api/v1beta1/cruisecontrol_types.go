package v1beta1

import (
	corev1 "k8s.io/api/core/v1"
)

// CruiseControlConfig sets up Cruise Control.
type CruiseControlConfig struct {
	// CruiseControlTaskSpec says how tasks are run.
	CruiseControlTaskSpec CruiseControlTaskSpec `json:"cruiseControlTaskSpec,omitzero"`
	// CruiseControlOperationSpec is given to every CruiseControlOperation made for this cluster.
	CruiseControlOperationSpec *CruiseControlOperationSpec `json:"cruiseControlOperationSpec,omitempty"`
	// CruiseControlEndpoint is host:port of a Cruise Control that somebody else runs; none is deployed then.
	CruiseControlEndpoint string `json:"cruiseControlEndpoint,omitempty"`
	// Resources of the container; default 200m CPU and 768Mi.
	Resources *corev1.ResourceRequirements `json:"resourceRequirements,omitempty"`
	// ServiceAccountName of the Pod; default "default".
	ServiceAccountName string `json:"serviceAccountName,omitempty"`
	// ImagePullSecrets are Secrets for private image registries.
	ImagePullSecrets []corev1.LocalObjectReference `json:"imagePullSecrets,omitempty"`
	// NodeSelector are labels that the Kubernetes node must have.
	NodeSelector map[string]string `json:"nodeSelector,omitempty"`
	// Tolerations let Cruise Control run on tainted nodes.
	Tolerations []corev1.Toleration `json:"tolerations,omitempty"`
	// Config is Cruise Control properties text.
	Config string `json:"config,omitempty"`
	// CapacityConfig is the JSON text of the brokers' capacities; default is made from the brokers' storage,
	// resources and networkConfig.
	CapacityConfig string `json:"capacityConfig,omitempty"`
	// ClusterConfig is the JSON text of Kafka settings that Cruise Control assumes.
	ClusterConfig string `json:"clusterConfig,omitempty"`
	// Log4jConfig replaces Cruise Control's log4j configuration.
	Log4jConfig string `json:"log4jConfig,omitempty"`
	// Image of Cruise Control.
	Image string `json:"image,omitempty"`
	// TopicConfig shapes the topic of Cruise Control's metrics.
	TopicConfig *TopicConfig `json:"topicConfig,omitempty"`
	// Affinity of the Pod.
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:validation:Type=object
	// +kubebuilder:pruning:PreserveUnknownFields
	Affinity *corev1.Affinity `json:"affinity,omitempty"`
	// CruiseControlAnnotations are set on the Pod.
	CruiseControlAnnotations map[string]string `json:"cruiseControlAnnotations,omitempty"`
	// InitContainers run before Cruise Control starts.
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:pruning:PreserveUnknownFields
	InitContainers []corev1.Container `json:"initContainers,omitempty"`
	// Volumes are extra volumes of the Pod.
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:pruning:PreserveUnknownFields
	Volumes []corev1.Volume `json:"volumes,omitempty"`
	// VolumeMounts are extra mounts of the container.
	VolumeMounts []corev1.VolumeMount `json:"volumeMounts,omitempty"`
	// PodSecurityContext of the Pod.
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:validation:Type=object
	// +kubebuilder:pruning:PreserveUnknownFields
	PodSecurityContext *corev1.PodSecurityContext `json:"podSecurityContext,omitempty"`
	// SecurityContext of the container.
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:validation:Type=object
	// +kubebuilder:pruning:PreserveUnknownFields
	SecurityContext *corev1.SecurityContext `json:"securityContext,omitempty"`
	// PriorityClassName of the Pod; the PriorityClass must exist.
	PriorityClassName string `json:"priorityClassName,omitempty"`
}

// CruiseControlOperationSpec is given to every CruiseControlOperation made for this cluster.
type CruiseControlOperationSpec struct {
	// TTLSecondsAfterFinished deletes a finished operation after that many seconds; when not set, it stays.
	// +kubebuilder:validation:Minimum=0
	TTLSecondsAfterFinished *int `json:"ttlSecondsAfterFinished,omitempty"`
	// Parameters are given to every operation whose endpoint of Cruise Control's REST API has them, such as goals,
	// replication_throttle (bytes a second) or concurrent_partition_movements_per_broker. Koperator has no such field.
	Parameters map[string]string `json:"parameters,omitempty"`
}

// CruiseControlTaskSpec says how Cruise Control tasks are run.
type CruiseControlTaskSpec struct {
	// RetryDurationMinutes is how long a task is waited for, in minutes; 0 means the default of 5.
	// +required
	RetryDurationMinutes int `json:"RetryDurationMinutes"`
}

// TopicConfig shapes a topic.
type TopicConfig struct {
	// Partitions of the topic.
	// +required
	Partitions int32 `json:"partitions"`
	// ReplicationFactor of the topic.
	// +kubebuilder:validation:Minimum=2
	// +required
	ReplicationFactor int32 `json:"replicationFactor"`
}
