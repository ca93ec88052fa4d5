package v1beta1

import (
	corev1 "k8s.io/api/core/v1"
)

// Broker is one node of the Kafka cluster.
type Broker struct {
	// ID is Kafka's node.id (broker.id in ZooKeeper mode). It keeps its volumes for life.
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=65535
	// +kubebuilder:validation:ExclusiveMaximum=true
	// +required
	ID int32 `json:"id"`
	// BrokerConfigGroup names an entry of brokerConfigGroups whose settings apply where brokerConfig has none.
	// +kubebuilder:validation:MaxLength=253
	BrokerConfigGroup string `json:"brokerConfigGroup,omitempty"`
	// ReadOnlyConfig is Kafka properties text for this broker; it goes before the cluster's. A change restarts it.
	ReadOnlyConfig string `json:"readOnlyConfig,omitempty"`
	// BrokerConfig are the settings of this broker alone.
	BrokerConfig *BrokerConfig `json:"brokerConfig,omitempty"`
}

// BrokerConfig is how a broker runs: roles, storage, resources and everything of its Pod.
// +kubebuilder:validation:XValidation:rule="!has(self.processRoles) || !('controller' in self.processRoles) || !has(self.storageConfigs) || self.storageConfigs.size() <= 1",message="a controller keeps its metadata on exactly one disk: leave one entry in storageConfigs"
// +kubebuilder:validation:XValidation:rule="!has(self.processRoles) || !('controller' in self.processRoles) || !has(self.storageConfigs) || !has(oldSelf.storageConfigs) || !has(oldSelf.processRoles) || !('controller' in oldSelf.processRoles) || self.storageConfigs.size() != 1 || oldSelf.storageConfigs.size() != 1 || self.storageConfigs[0].mountPath == oldSelf.storageConfigs[0].mountPath",message="a controller cannot move to another disk: keep the mountPath in storageConfigs, or remove this controller and add one with another id"
type BrokerConfig struct {
	// Roles are the node's KRaft roles: broker, controller, or both. Needed in KRaft mode, ignored in ZooKeeper mode.
	// +kubebuilder:validation:MaxItems=2
	// +kubebuilder:validation:items:Enum=controller;broker
	Roles []ProcessRole `json:"processRoles,omitempty"`
	// Image is the Kafka image; default is clusterImage.
	Image string `json:"image,omitempty"`
	// MetricsReporterImage carries the Cruise Control metrics reporter; default is clusterMetricsReporterImage.
	MetricsReporterImage string `json:"metricsReporterImage,omitempty"`
	// Config is Kafka properties text set as this broker's dynamic configuration, without a restart.
	Config string `json:"config,omitempty"`
	// StorageConfigs are the disks of the broker, one log directory each.
	// +listType=map
	// +listMapKey=mountPath
	// +kubebuilder:validation:MaxItems=50
	StorageConfigs []StorageConfig `json:"storageConfigs,omitempty"`
	// ServiceAccountName is the Pod's service account; default "default".
	ServiceAccountName string `json:"serviceAccountName,omitempty"`
	// Resources of the kafka container; default requests 1 CPU and 2Gi, limits 1500m and 3Gi.
	Resources *corev1.ResourceRequirements `json:"resourceRequirements,omitempty"`
	// ImagePullSecrets are Secrets for private image registries.
	ImagePullSecrets []corev1.LocalObjectReference `json:"imagePullSecrets,omitempty"`
	// NodeSelector are labels that the Kubernetes node must have.
	NodeSelector map[string]string `json:"nodeSelector,omitempty"`
	// Tolerations let the broker run on tainted nodes.
	Tolerations []corev1.Toleration `json:"tolerations,omitempty"`
	// KafkaHeapOpts are the JVM heap flags (KAFKA_HEAP_OPTS); default "-Xmx2G -Xms2G".
	KafkaHeapOpts string `json:"kafkaHeapOpts,omitempty"`
	// KafkaJVMPerfOpts are the JVM performance flags (KAFKA_JVM_PERFORMANCE_OPTS); default is G1 tuned for brokers.
	KafkaJVMPerfOpts string `json:"kafkaJvmPerfOpts,omitempty"`
	// Log4jConfig replaces the image's log4j configuration.
	Log4jConfig string `json:"log4jConfig,omitempty"`
	// BrokerAnnotations are set on the broker's Pod, for example prometheus.io/scrape.
	BrokerAnnotations map[string]string `json:"brokerAnnotations,omitempty"`
	// BrokerLabels are set on the broker's Pod. The operator's own labels (app, kafka_cr, brokerId, ...) win.
	BrokerLabels map[string]string `json:"brokerLabels,omitempty"`
	// NetworkConfig is the network capacity that Cruise Control assumes; default 125000 KB/s, which is 1 Gbit/s.
	NetworkConfig *NetworkConfig `json:"networkConfig,omitempty"`
	// NodePortExternalIP maps the name of an external listener of access method NodePort to the address that is
	// advertised. hostnameOverride of the listener goes before it.
	NodePortExternalIP map[string]string `json:"nodePortExternalIP,omitempty"`
	// NodePortNodeAddressType picks which address of the Kubernetes node is advertised for NodePort listeners that
	// have neither hostnameOverride nor nodePortExternalIP: InternalIP (the default) or Hostname. With any other the
	// listener is not advertised, because a Pod can not learn it when it starts.
	// +kubebuilder:validation:Enum=Hostname;ExternalIP;InternalIP;InternalDNS;ExternalDNS
	NodePortNodeAddressType corev1.NodeAddressType `json:"nodePortNodeAddressType,omitempty"`
	// Affinity of the Pod. When set, even to {}, oneBrokerPerNode has no effect on this broker.
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:validation:Type=object
	// +kubebuilder:pruning:PreserveUnknownFields
	Affinity *corev1.Affinity `json:"affinity,omitempty"`
	// PodSecurityContext of the Pod.
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:validation:Type=object
	// +kubebuilder:pruning:PreserveUnknownFields
	PodSecurityContext *corev1.PodSecurityContext `json:"podSecurityContext,omitempty"`
	// SecurityContext of the kafka container.
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:validation:Type=object
	// +kubebuilder:pruning:PreserveUnknownFields
	SecurityContext *corev1.SecurityContext `json:"securityContext,omitempty"`
	// BrokerIngressMapping names the entries of an external listener's ingressConfig that serve this broker; default
	// is the listener's defaultIngressConfig.
	BrokerIngressMapping []string `json:"brokerIngressMapping,omitempty"`
	// InitContainers run before Kafka starts.
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:pruning:PreserveUnknownFields
	InitContainers []corev1.Container `json:"initContainers,omitempty"`
	// Containers run beside Kafka.
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:pruning:PreserveUnknownFields
	Containers []corev1.Container `json:"containers,omitempty"`
	// Volumes are extra volumes of the Pod.
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:pruning:PreserveUnknownFields
	Volumes []corev1.Volume `json:"volumes,omitempty"`
	// VolumeMounts are extra mounts of the kafka container.
	VolumeMounts []corev1.VolumeMount `json:"volumeMounts,omitempty"`
	// Envs are environment variables of the kafka container. A name "+NAME" puts the value before the present value,
	// "NAME+" behind it, a plain name replaces it.
	Envs []corev1.EnvVar `json:"envs,omitempty"`
	// TerminationGracePeriod is how long a stopping broker may take, in seconds; default 120.
	TerminationGracePeriod *int64 `json:"terminationGracePeriodSeconds,omitempty"`
	// PriorityClassName of the Pod; the PriorityClass must exist.
	PriorityClassName string `json:"priorityClassName,omitempty"`
}

// ProcessRole is a KRaft role of a node, as in Kafka's process.roles.
type ProcessRole string

// The roles of a KRaft node.
const (
	RoleBroker     ProcessRole = "broker"
	RoleController ProcessRole = "controller"
)

// NetworkConfig is the network capacity of a broker as Cruise Control shall assume it.
type NetworkConfig struct {
	// IncomingNetworkThroughPut in KB/s.
	IncomingNetworkThroughPut string `json:"incomingNetworkThroughPut,omitempty"`
	// OutgoingNetworkThroughPut in KB/s.
	OutgoingNetworkThroughPut string `json:"outgoingNetworkThroughPut,omitempty"`
}

// StorageConfig is one disk of a broker.
// +kubebuilder:validation:XValidation:rule="has(self.pvcSpec) || has(self.emptyDir)",message="a disk needs a kind of storage: set pvcSpec or emptyDir"
// +kubebuilder:validation:XValidation:rule="!has(oldSelf.pvcSpec) || has(self.pvcSpec)",message="pvcSpec cannot be taken from a disk that has data: give the new disk another mountPath, so that this one is emptied first"
// +kubebuilder:validation:XValidation:rule="!has(self.pvcSpec) || !has(oldSelf.pvcSpec) || !has(self.pvcSpec.resources) || !has(oldSelf.pvcSpec.resources) || !has(self.pvcSpec.resources.requests) || !has(oldSelf.pvcSpec.resources.requests) || !('storage' in self.pvcSpec.resources.requests) || !('storage' in oldSelf.pvcSpec.resources.requests) || type(self.pvcSpec.resources.requests['storage']) != string || type(oldSelf.pvcSpec.resources.requests['storage']) != string || quantity(self.pvcSpec.resources.requests['storage']).compareTo(quantity(oldSelf.pvcSpec.resources.requests['storage'])) >= 0",message="pvcSpec.resources.requests.storage cannot shrink: keep the old size, or give a smaller disk another mountPath, so that this one is emptied first"
type StorageConfig struct {
	// MountPath is where the disk is mounted; the log directory is <mountPath>/kafka. It identifies the disk.
	// +required
	// +kubebuilder:validation:MaxLength=512
	// +kubebuilder:validation:Pattern=`^[^:,]*$`
	// +kubebuilder:validation:XValidation:rule="self.startsWith('/')",message="mountPath must be an absolute path, for example /kafka-logs"
	MountPath string `json:"mountPath"`
	// PVCSpec is described in StorageSchema.
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:validation:Type=object
	PVCSpec *corev1.PersistentVolumeClaimSpec `json:"pvcSpec,omitempty"`
	// EmptyDir keeps the log directory in the Pod only: its data is lost with the Pod.
	EmptyDir *corev1.EmptyDirVolumeSource `json:"emptyDir,omitempty"`

	StorageSchema `json:",inline"`
}
