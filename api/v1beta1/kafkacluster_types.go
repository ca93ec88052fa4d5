package v1beta1

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:printcolumn:JSONPath=".status.state",name="Cluster state",type="string"
// +kubebuilder:printcolumn:JSONPath=".status.alertCount",name="Cluster alert count",type="integer"
// +kubebuilder:printcolumn:JSONPath=".status.rollingUpgradeStatus.lastSuccess",name="Last successful upgrade",type="string"
// +kubebuilder:printcolumn:JSONPath=".status.rollingUpgradeStatus.errorCount",name="Upgrade error count",type="string"
// +kubebuilder:printcolumn:JSONPath=".metadata.creationTimestamp",name="Age",type="date"

// KafkaCluster is one Apache Kafka cluster: its nodes, listeners, storage, and the Cruise Control that balances it.
type KafkaCluster struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   KafkaClusterSpec   `json:"spec,omitzero"`
	Status KafkaClusterStatus `json:"status,omitzero"`
}

// +kubebuilder:object:root=true

// KafkaClusterList is a list of KafkaClusters.
type KafkaClusterList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []KafkaCluster `json:"items"`
}

// KafkaClusterSpec is what the user asks for.
type KafkaClusterSpec struct {
	// KRaft selects how the cluster keeps its metadata: true for KRaft, false (the default) for ZooKeeper.
	KRaft bool `json:"kRaft"`
	// HeadlessServiceEnabled gives brokers stable DNS names below one headless Service. When false, every broker
	// gets a Service of its own and clients bootstrap through one Service over all brokers.
	// +required
	HeadlessServiceEnabled bool `json:"headlessServiceEnabled"`
	// LocalDebugEnabled exposes the internal listeners through Services of type LoadBalancer. For development only.
	LocalDebugEnabled bool `json:"localDebugEnabled,omitempty"`
	// ListenersConfig lists the listeners of every broker.
	// +required
	ListenersConfig ListenersConfig `json:"listenersConfig"`
	// AdditionalPorts are opened on the kafka container and on its Services, beside the listeners' ports.
	AdditionalPorts []corev1.ContainerPort `json:"additionalPorts,omitempty"`
	// ZKAddresses are the host:port pairs of the ZooKeeper servers. Needed in ZooKeeper mode, ignored in KRaft mode.
	ZKAddresses []string `json:"zkAddresses,omitempty"`
	// ZKPath is the chroot below which this cluster keeps its data in ZooKeeper; default "/". Ignored in KRaft mode.
	ZKPath string `json:"zkPath,omitempty"`
	// RackAwareness derives broker.rack from labels of the node that a broker runs on.
	RackAwareness *RackAwareness `json:"rackAwareness,omitempty"`
	// ClusterImage is the Kafka image of every broker that names none itself.
	ClusterImage string `json:"clusterImage,omitempty"`
	// ClusterMetricsReporterImage carries the Cruise Control metrics reporter; default is Cruise Control's image.
	ClusterMetricsReporterImage string `json:"clusterMetricsReporterImage,omitempty"`
	// ReadOnlyConfig is Kafka properties text for every broker. A change restarts brokers. A broker's own
	// readOnlyConfig goes before it, and what the operator generates goes before both.
	ReadOnlyConfig string `json:"readOnlyConfig,omitempty"`
	// ClusterWideConfig is Kafka properties text set as the cluster's dynamic default, without a restart.
	ClusterWideConfig string `json:"clusterWideConfig,omitempty"`
	// BrokerConfigGroups are named settings that several brokers share; a broker names its group in brokerConfigGroup.
	BrokerConfigGroups map[string]BrokerConfig `json:"brokerConfigGroups,omitempty"`
	// Brokers are the nodes of the cluster: brokers, controllers, or both at once.
	// +required
	Brokers []Broker `json:"brokers"`
	// DisruptionBudget limits how many brokers a node drain may evict at once.
	DisruptionBudget DisruptionBudget `json:"disruptionBudget,omitzero"`
	// RollingUpgradeConfig says how careful a rolling restart is.
	// +required
	RollingUpgradeConfig RollingUpgradeConfig `json:"rollingUpgradeConfig"`
	// TaintedBrokersSelector selects broker Pods by label that shall be restarted, one after the other.
	TaintedBrokersSelector *metav1.LabelSelector `json:"taintedBrokersSelector,omitempty"`
	// IngressController is the proxy in front of external listeners: envoy (the default) or contour.
	// +kubebuilder:validation:Enum=envoy;contour
	IngressController string `json:"ingressController,omitempty"`
	// OneBrokerPerNode forbids two brokers of this cluster on one Kubernetes node; otherwise it is only avoided.
	// A broker's own affinity replaces this rule.
	// +required
	OneBrokerPerNode bool `json:"oneBrokerPerNode"`
	// RemoveUnusedIngressResources deletes what a former ingress setting left behind. When false, it stays, so that
	// clients of the former setting still reach the cluster.
	RemoveUnusedIngressResources bool `json:"removeUnusedIngressResources,omitempty"`
	// PropagateLabels copies the labels of the KafkaCluster to everything made for it.
	PropagateLabels bool `json:"propagateLabels,omitempty"`
	// CruiseControlConfig sets up Cruise Control.
	// +required
	CruiseControlConfig CruiseControlConfig `json:"cruiseControlConfig"`
	// EnvoyConfig sets up the Envoy proxies of external listeners.
	EnvoyConfig EnvoyConfig `json:"envoyConfig,omitzero"`
	// ContourIngressConfig sets up Contour for external listeners.
	ContourIngressConfig ContourIngressConfig `json:"contourIngressConfig,omitzero"`
	// MonitoringConfig sets up the JMX exporter of Kafka and Cruise Control.
	MonitoringConfig MonitoringConfig `json:"monitoringConfig,omitzero"`
	// AlertManagerConfig bounds what alerts may do to the cluster.
	AlertManagerConfig *AlertManagerConfig `json:"alertManagerConfig,omitempty"`
	// Envs are environment variables of every kafka container. A name "+NAME" puts the value before the present
	// value, "NAME+" behind it, a plain name replaces it.
	Envs []corev1.EnvVar `json:"envs,omitempty"`
	// KubernetesClusterDomain is the DNS domain of the Kubernetes cluster; default "cluster.local".
	KubernetesClusterDomain string `json:"kubernetesClusterDomain,omitempty"`
	// ClientSSLCertSecret names a Secret with keystore.jks, truststore.jks and password, used by Cruise Control and by
	// the operator to reach the inner-broker listener over TLS. It must be trusted by that listener's certificate.
	ClientSSLCertSecret *corev1.LocalObjectReference `json:"clientSSLCertSecret,omitempty"`
	// PersistentVolumeClaimRetentionPolicy says what becomes of the brokers' volumes when the cluster is deleted.
	// Koperator has no such field and deletes them, as happens here when it is not set.
	PersistentVolumeClaimRetentionPolicy *PersistentVolumeClaimRetentionPolicy `json:"persistentVolumeClaimRetentionPolicy,omitempty"`
}

// PersistentVolumeClaimRetentionPolicy follows the field of the same name of StatefulSets.
type PersistentVolumeClaimRetentionPolicy struct {
	// WhenDeleted is Delete (the default) or Retain.
	// +kubebuilder:validation:Enum=Delete;Retain
	WhenDeleted RetentionPolicy `json:"whenDeleted,omitempty"`
}

// RetentionPolicy says whether volumes are kept.
type RetentionPolicy string

// The retention policies.
const (
	DeleteVolumes RetentionPolicy = "Delete"
	RetainVolumes RetentionPolicy = "Retain"
)

// RetainsVolumes reports whether the brokers' volumes outlive the cluster.
func (s *KafkaClusterSpec) RetainsVolumes() bool {
	policy := s.PersistentVolumeClaimRetentionPolicy
	return policy != nil && policy.WhenDeleted == RetainVolumes
}

// RackAwareness names the node labels that make up broker.rack.
type RackAwareness struct {
	// Labels are keys of node labels; their values, joined by a comma, become broker.rack.
	// +required
	Labels []string `json:"labels"`
}

// DisruptionBudget is the PodDisruptionBudget of the brokers.
type DisruptionBudget struct {
	// Create makes the PodDisruptionBudget.
	Create bool `json:"create,omitempty"`
	// Budget is how many brokers may be down at once: a number or a percentage of all brokers.
	// +kubebuilder:validation:Pattern:="^[0-9]+$|^[0-9]{1,2}%$|^100%$"
	Budget string `json:"budget,omitempty"`
}

// DisruptionBudgetWithStrategy is a PodDisruptionBudget for a Deployment.
type DisruptionBudgetWithStrategy struct {
	DisruptionBudget `json:",inline"`
	// Strategy says which field of the PodDisruptionBudget the budget goes to.
	// +kubebuilder:validation:Enum=minAvailable;maxUnavailable
	Strategy string `json:"strategy,omitempty"`
}

// RollingUpgradeConfig says how careful a rolling restart is.
type RollingUpgradeConfig struct {
	// FailureThreshold is the number of failures (brokers with offline or out-of-sync replicas, plus alerts labelled
	// rollingupgrade) at which a rolling restart pauses. 1 is strict.
	// +required
	FailureThreshold int `json:"failureThreshold"`
	// ConcurrentBrokerRestartCountPerRack allows that many brokers of one rack to restart at once; default 1.
	// +kubebuilder:validation:Minimum=1
	ConcurrentBrokerRestartCountPerRack int `json:"concurrentBrokerRestartCountPerRack,omitempty"`
}

// MonitoringConfig sets up the Prometheus JMX exporter.
type MonitoringConfig struct {
	// JMXImage carries the JMX exporter's jar.
	JMXImage string `json:"jmxImage,omitempty"`
	// PathToJar is where the jar lies in that image; default "/jmx_prometheus_javaagent.jar".
	PathToJar string `json:"pathToJar,omitempty"`
	// KafkaJMXExporterConfig replaces the exporter's configuration for Kafka.
	KafkaJMXExporterConfig string `json:"kafkaJMXExporterConfig,omitempty"`
	// CCJMXExporterConfig replaces the exporter's configuration for Cruise Control.
	CCJMXExporterConfig string `json:"cCJMXExporterConfig,omitempty"`
}

// AlertManagerConfig bounds what alerts may do to the cluster.
type AlertManagerConfig struct {
	// DownScaleLimit is the number of brokers below which alerts remove none; 0 or less means no limit.
	DownScaleLimit int `json:"downScaleLimit,omitempty"`
	// UpScaleLimit is the number of brokers above which alerts add none; 0 or less means no limit.
	UpScaleLimit int `json:"upScaleLimit,omitempty"`
}
