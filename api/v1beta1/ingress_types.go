package v1beta1

import (
	corev1 "k8s.io/api/core/v1"
)

// The proxies in front of external listeners.
const (
	IngressEnvoy   = "envoy"
	IngressContour = "contour"
)

// Config splits an external listener over several ingresses, for example one per availability zone.
type Config struct {
	// DefaultIngressConfig names the entry of ingressConfig for brokers that choose none in brokerIngressMapping.
	// +required
	DefaultIngressConfig string `json:"defaultIngressConfig"`
	// IngressConfig are the ingresses by name.
	// +kubebuilder:validation:MaxProperties=100
	IngressConfig map[string]IngressConfig `json:"ingressConfig,omitempty"`
}

// IngressConfig is one ingress of an external listener.
type IngressConfig struct {
	IngressServiceSettings `json:",inline"`
	// EnvoyConfig sets up this ingress' Envoy. This release makes none: of its fields only brokerHostnameTemplate has an
	// effect; when envoyConfig is not set here, it comes from the cluster's.
	EnvoyConfig *EnvoyConfig `json:"envoyConfig,omitempty"`
	// ContourIngressConfig sets up this ingress' Contour. This release makes none: of its fields only brokerFQDNTemplate
	// has an effect; when contourIngressConfig is not set here, it comes from the cluster's.
	ContourIngressConfig *ContourIngressConfig `json:"contourIngressConfig,omitempty"`
}

// IngressServiceSettings are the settings of a Service that leads in from outside. This release makes those of NodePort
// listeners alone.
type IngressServiceSettings struct {
	// HostnameOverride is advertised instead of the load balancer's address. With NodePort it is the suffix of
	// <cluster>-<broker id>.<namespace><hostnameOverride>.
	HostnameOverride string `json:"hostnameOverride,omitempty"`
	// ServiceAnnotations are set on the Services of a NodePort listener; without effect on others in this release.
	ServiceAnnotations map[string]string `json:"serviceAnnotations,omitempty"`
	// ExternalTrafficPolicy of the Services of a NodePort listener: Local keeps the client's address, Cluster spreads the
	// load. Without effect on others in this release.
	ExternalTrafficPolicy corev1.ServiceExternalTrafficPolicy `json:"externalTrafficPolicy,omitempty"`
	// ServiceType of the Service in front of Envoy: LoadBalancer (the default) or NodePort. Without effect in this
	// release, which makes none.
	ServiceType corev1.ServiceType `json:"serviceType,omitempty"`
}

// ContourIngressConfig sets up Contour. This release makes none, and reads brokerFQDNTemplate alone.
type ContourIngressConfig struct {
	// TLSSecretName is the Secret with the certificate that Contour shows; without effect in this release.
	// +required
	TLSSecretName string `json:"tlsSecretName"`
	// BrokerFQDNTemplate is the host name that a broker advertises; %id stands for its id.
	// +required
	BrokerFQDNTemplate string `json:"brokerFQDNTemplate"`
}

// EnvoyConfig sets up Envoy. This release makes none: of its fields only brokerHostnameTemplate has an effect, and
// adminPort and healthCheckPort are checked.
// +kubebuilder:validation:XValidation:rule="(has(self.adminPort) ? self.adminPort : 8081) != (has(self.healthCheckPort) ? self.healthCheckPort : 8080)",message="adminPort (default 8081) and healthCheckPort (default 8080) must differ: change one",fieldPath=".adminPort"
type EnvoyConfig struct {
	// Image of Envoy.
	Image string `json:"image,omitempty"`
	// Resources of the envoy container; default 100m CPU and 100Mi.
	Resources *corev1.ResourceRequirements `json:"resourceRequirements,omitempty"`
	// Replicas of the Deployment; default 1.
	// +kubebuilder:validation:Minimum=1
	Replicas int32 `json:"replicas,omitempty"`
	// ServiceAccountName of the Pods; default "default".
	ServiceAccountName string `json:"serviceAccountName,omitempty"`
	// ImagePullSecrets are Secrets for private image registries.
	ImagePullSecrets []corev1.LocalObjectReference `json:"imagePullSecrets,omitempty"`
	// Affinity of the Pods.
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:validation:Type=object
	// +kubebuilder:pruning:PreserveUnknownFields
	Affinity *corev1.Affinity `json:"affinity,omitempty"`
	// TopologySpreadConstraints of the Pods.
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:pruning:PreserveUnknownFields
	TopologySpreadConstraints []corev1.TopologySpreadConstraint `json:"topologySpreadConstraints,omitempty"`
	// NodeSelector are labels that the Kubernetes node must have.
	NodeSelector map[string]string `json:"nodeSelector,omitempty"`
	// Tolerations let Envoy run on tainted nodes.
	Tolerations []corev1.Toleration `json:"tolerations,omitempty"`
	// Annotations are set on the Deployment and its Pods.
	Annotations map[string]string `json:"annotations,omitempty"`
	// LoadBalancerSourceRanges are the client networks that a load balancer lets through.
	LoadBalancerSourceRanges []string `json:"loadBalancerSourceRanges,omitempty"`
	// LoadBalancerIP asks for a fixed address of the load balancer.
	LoadBalancerIP string `json:"loadBalancerIP,omitempty"`
	// AdminPort of Envoy; default 8081.
	AdminPort *int32 `json:"adminPort,omitempty"`
	// HealthCheckPort of Envoy; default 8080.
	HealthCheckPort *int32 `json:"healthCheckPort,omitempty"`
	// DisruptionBudget of the Deployment.
	DisruptionBudget *DisruptionBudgetWithStrategy `json:"disruptionBudget,omitempty"`
	// CommandLineArgs of Envoy.
	// +kubebuilder:pruning:PreserveUnknownFields
	CommandLineArgs *EnvoyCommandLineArgs `json:"envoyCommandLineArgs,omitempty"`
	// PriorityClassName of the Pods; the PriorityClass must exist.
	PriorityClassName string `json:"priorityClassName,omitempty"`
	// BrokerHostnameTemplate is the host name that a broker advertises when the ingress ends TLS; %id stands for its id.
	BrokerHostnameTemplate string `json:"brokerHostnameTemplate,omitempty"`
	// EnableHealthCheckHTTP10 lets health checks speak HTTP/1.0.
	EnableHealthCheckHTTP10 bool `json:"enableHealthCheckHttp10,omitempty"`
	// PodSecurityContext of the Pods.
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:validation:Type=object
	// +kubebuilder:pruning:PreserveUnknownFields
	PodSecurityContext *corev1.PodSecurityContext `json:"podSecurityContext,omitempty"`
}

// EnvoyCommandLineArgs are command line arguments of Envoy.
type EnvoyCommandLineArgs struct {
	// Concurrency is the number of worker threads; default is one per core of the node.
	// +kubebuilder:validation:Minimum=1
	Concurrency int32 `json:"concurrency,omitempty"`
}
