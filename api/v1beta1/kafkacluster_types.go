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
// +kubebuilder:validation:XValidation:rule="self.brokers.all(b, !has(b.brokerConfigGroup) || b.brokerConfigGroup.size() == 0 || (has(self.brokerConfigGroups) && b.brokerConfigGroup in self.brokerConfigGroups))",message="a broker's brokerConfigGroup names a group that does not exist: add it to brokerConfigGroups or correct the name",fieldPath=".brokers"
// +kubebuilder:validation:XValidation:rule="self.brokers.all(b, has(b.brokerConfig) || (has(b.brokerConfigGroup) && b.brokerConfigGroup.size() > 0))",message="a broker has no settings: set its brokerConfigGroup or brokerConfig",fieldPath=".brokers"
// +kubebuilder:validation:XValidation:rule="!has(self.kRaft) || !self.kRaft || self.brokers.all(b, (has(b.brokerConfig) && has(b.brokerConfig.processRoles) && b.brokerConfig.processRoles.size() > 0) || (has(b.brokerConfigGroup) && has(self.brokerConfigGroups) && b.brokerConfigGroup in self.brokerConfigGroups && has(self.brokerConfigGroups[b.brokerConfigGroup].processRoles) && self.brokerConfigGroups[b.brokerConfigGroup].processRoles.size() > 0))",message="with kRaft every broker needs a role: set processRoles to broker, controller or both in its brokerConfig or its group",fieldPath=".brokers"
// +kubebuilder:validation:XValidation:rule="!has(self.kRaft) || !self.kRaft || self.brokers.exists(b, (has(b.brokerConfig) && has(b.brokerConfig.processRoles) && 'controller' in b.brokerConfig.processRoles) || (has(b.brokerConfigGroup) && has(self.brokerConfigGroups) && b.brokerConfigGroup in self.brokerConfigGroups && has(self.brokerConfigGroups[b.brokerConfigGroup].processRoles) && 'controller' in self.brokerConfigGroups[b.brokerConfigGroup].processRoles))",message="with kRaft one broker at least must have the role controller: add it to processRoles",fieldPath=".brokers"
// +kubebuilder:validation:XValidation:rule="!has(self.kRaft) || !self.kRaft || self.brokers.exists(b, (has(b.brokerConfig) && has(b.brokerConfig.processRoles) && 'broker' in b.brokerConfig.processRoles) || (has(b.brokerConfigGroup) && has(self.brokerConfigGroups) && b.brokerConfigGroup in self.brokerConfigGroups && has(self.brokerConfigGroups[b.brokerConfigGroup].processRoles) && 'broker' in self.brokerConfigGroups[b.brokerConfigGroup].processRoles))",message="with kRaft one broker at least must have the role broker: add it to processRoles",fieldPath=".brokers"
// +kubebuilder:validation:XValidation:rule="!has(self.kRaft) || !self.kRaft || self.listenersConfig.internalListeners.exists_one(l, has(l.usedForControllerCommunication) && l.usedForControllerCommunication)",message="with kRaft exactly one internal listener must have usedForControllerCommunication: true",fieldPath=".listenersConfig.internalListeners"
// +kubebuilder:validation:XValidation:rule="!has(oldSelf.kRaft) || !oldSelf.kRaft || (has(self.kRaft) && self.kRaft)",message="kRaft cannot be turned off: Kafka has no way from KRaft back to ZooKeeper"
// +kubebuilder:validation:XValidation:rule="(has(self.kRaft) && self.kRaft) || (has(self.zkAddresses) && self.zkAddresses.size() > 0)",message="without kRaft the cluster needs ZooKeeper: set kRaft: true or zkAddresses",fieldPath=".zkAddresses"
// +kubebuilder:validation:XValidation:rule="!has(self.listenersConfig.externalListeners) || self.listenersConfig.externalListeners.all(l, l.externalStartingPort == -1 || (l.externalStartingPort == 0 && has(l.accessMethod) && l.accessMethod == 'NodePort') || self.brokers.all(b, l.externalStartingPort + b.id >= 1 && l.externalStartingPort + b.id <= 65535))",message="externalStartingPort plus the broker id must be between 1 and 65535 for every broker: choose another externalStartingPort, or -1 for TLS at the ingress, or 0 with accessMethod NodePort for ports that Kubernetes chooses",fieldPath=".listenersConfig.externalListeners"
// +kubebuilder:validation:XValidation:rule="!has(self.listenersConfig.externalListeners) || self.listenersConfig.externalListeners.all(l, l.externalStartingPort <= 0 || self.brokers.all(b, l.externalStartingPort + b.id != (has(l.ingressControllerTargetPort) ? l.ingressControllerTargetPort : 29092)))",message="externalStartingPort plus the broker id must not be the listener's ingressControllerTargetPort (default 29092) for any broker: choose another of the two",fieldPath=".listenersConfig.externalListeners"
// +kubebuilder:validation:XValidation:rule="has(self.ingressController) && self.ingressController == 'contour' || !has(self.listenersConfig.externalListeners) || self.listenersConfig.externalListeners.all(l, l.externalStartingPort <= 0 || self.brokers.all(b, l.externalStartingPort + b.id != (has(self.envoyConfig) && has(self.envoyConfig.adminPort) ? self.envoyConfig.adminPort : 8081) && l.externalStartingPort + b.id != (has(self.envoyConfig) && has(self.envoyConfig.healthCheckPort) ? self.envoyConfig.healthCheckPort : 8080)))",message="externalStartingPort plus the broker id must not be envoyConfig.adminPort (default 8081) or healthCheckPort (default 8080) for any broker: choose another externalStartingPort",fieldPath=".listenersConfig.externalListeners"
// +kubebuilder:validation:XValidation:rule="has(self.ingressController) && self.ingressController == 'contour' || !has(self.listenersConfig.externalListeners) || self.listenersConfig.externalListeners.all(l, (has(l.accessMethod) && l.accessMethod != 'LoadBalancer') || ((has(l.ingressControllerTargetPort) ? l.ingressControllerTargetPort : 29092) != (has(self.envoyConfig) && has(self.envoyConfig.adminPort) ? self.envoyConfig.adminPort : 8081) && (has(l.ingressControllerTargetPort) ? l.ingressControllerTargetPort : 29092) != (has(self.envoyConfig) && has(self.envoyConfig.healthCheckPort) ? self.envoyConfig.healthCheckPort : 8080)))",message="ingressControllerTargetPort must not be envoyConfig.adminPort (default 8081) or healthCheckPort (default 8080): choose another ingressControllerTargetPort",fieldPath=".listenersConfig.externalListeners"
// +kubebuilder:validation:XValidation:rule="self.listenersConfig.internalListeners.all(l, !has(l.externalListenerForHostname) || l.externalListenerForHostname.size() == 0 || !has(l.internalStartingPort) || l.internalStartingPort <= 0 || self.brokers.all(b, l.internalStartingPort + b.id <= 65535))",message="internalStartingPort plus the broker id must not be above 65535 for any broker: choose a smaller internalStartingPort",fieldPath=".listenersConfig.internalListeners"
// +kubebuilder:validation:XValidation:rule="!has(self.additionalPorts) || self.additionalPorts.all(p, p.containerPort != 9020 && !self.listenersConfig.internalListeners.exists(l, l.containerPort == p.containerPort) && (!has(self.listenersConfig.externalListeners) || !self.listenersConfig.externalListeners.exists(l, l.containerPort == p.containerPort)))",message="an additional port must be neither a listener's containerPort nor 9020, the metrics port: choose another containerPort",fieldPath=".additionalPorts"
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
	// +kubebuilder:validation:MaxItems=64
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
	// +kubebuilder:validation:MaxProperties=1000
	BrokerConfigGroups map[string]BrokerConfig `json:"brokerConfigGroups,omitempty"`
	// Brokers are the nodes of the cluster: brokers, controllers, or both at once.
	// +required
	// +listType=map
	// +listMapKey=id
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=1500
	Brokers []Broker `json:"brokers"`
	// DisruptionBudget limits how many brokers a node drain may evict at once.
	// +kubebuilder:validation:XValidation:rule="!has(self.create) || !self.create || has(self.budget)",message="a disruption budget needs a size: set budget to a number or a percentage, or create to false"
	DisruptionBudget DisruptionBudget `json:"disruptionBudget,omitzero"`
	// RollingUpgradeConfig says how careful a rolling restart is.
	// +required
	RollingUpgradeConfig RollingUpgradeConfig `json:"rollingUpgradeConfig"`
	// MetadataVersion says when Kafka's metadata.version is raised after an upgrade. Koperator has no such field, and
	// never raises it.
	MetadataVersion MetadataVersionPolicy `json:"metadataVersion,omitzero"`
	// TaintedBrokersSelector selects broker Pods by label that shall be restarted, one after the other.
	TaintedBrokersSelector *metav1.LabelSelector `json:"taintedBrokersSelector,omitempty"`
	// IngressController is the proxy in front of external listeners: envoy (the default) or contour. This release makes
	// neither, and looks under these names for what Koperator has made.
	// +kubebuilder:validation:Enum=envoy;contour
	IngressController string `json:"ingressController,omitempty"`
	// OneBrokerPerNode forbids two brokers of this cluster on one Kubernetes node; otherwise it is only avoided.
	// A broker's own affinity replaces this rule.
	// +required
	OneBrokerPerNode bool `json:"oneBrokerPerNode"`
	// RemoveUnusedIngressResources deletes what a former ingress setting left behind. Without effect in this release,
	// which keeps what Koperator has made.
	RemoveUnusedIngressResources bool `json:"removeUnusedIngressResources,omitempty"`
	// PropagateLabels copies the labels of the KafkaCluster to everything made for it.
	PropagateLabels bool `json:"propagateLabels,omitempty"`
	// CruiseControlConfig sets up Cruise Control.
	// +required
	CruiseControlConfig CruiseControlConfig `json:"cruiseControlConfig"`
	// EnvoyConfig sets up the Envoy proxies of external listeners. This release makes none: of its fields only
	// brokerHostnameTemplate has an effect, and the condition ExternalAccessReady says what must lead where.
	EnvoyConfig EnvoyConfig `json:"envoyConfig,omitzero"`
	// ContourIngressConfig sets up Contour for external listeners. This release makes none: of its fields only
	// brokerFQDNTemplate has an effect, and the condition ExternalAccessReady says what must lead where.
	ContourIngressConfig ContourIngressConfig `json:"contourIngressConfig,omitzero"`
	// MonitoringConfig sets up the JMX exporter of Kafka and Cruise Control.
	MonitoringConfig MonitoringConfig `json:"monitoringConfig,omitzero"`
	// AlertManagerConfig bounds what alerts may do to the cluster. Without effect in this release, to which alerts do
	// nothing.
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

// RetainsVolumes reports whether the brokers' volumes outlive the cluster: they do with every policy but Delete, one
// that there is not included.
func (s *KafkaClusterSpec) RetainsVolumes() bool {
	policy := s.PersistentVolumeClaimRetentionPolicy
	return policy != nil && policy.WhenDeleted != "" && policy.WhenDeleted != DeleteVolumes
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
	// RestorePreferredLeaders gives each partition back to the first of its replicas once the restarts are done, instead
	// of leaving that to Kafka's auto.leader.rebalance.enable; default false. Koperator has no such field.
	RestorePreferredLeaders bool `json:"restorePreferredLeaders,omitempty"`
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
