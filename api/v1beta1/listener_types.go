package v1beta1

import (
	corev1 "k8s.io/api/core/v1"
)

// ListenersConfig lists the listeners of every broker.
// +kubebuilder:validation:XValidation:rule="self.internalListeners.filter(l, has(l.usedForInnerBrokerCommunication) && l.usedForInnerBrokerCommunication).size() + (has(self.externalListeners) ? self.externalListeners.filter(l, has(l.usedForInnerBrokerCommunication) && l.usedForInnerBrokerCommunication).size() : 0) == 1",message="exactly one listener must have usedForInnerBrokerCommunication: true"
// +kubebuilder:validation:XValidation:rule="self.internalListeners.filter(l, has(l.usedForControllerCommunication) && l.usedForControllerCommunication).size() <= 1",message="only one internal listener may have usedForControllerCommunication: true",fieldPath=".internalListeners"
// +kubebuilder:validation:XValidation:rule="self.internalListeners.all(a, self.internalListeners.exists_one(b, b.containerPort == a.containerPort))",message="two internal listeners have the same containerPort: give each its own",fieldPath=".internalListeners"
// +kubebuilder:validation:XValidation:rule="!has(self.externalListeners) || self.externalListeners.all(a, self.externalListeners.exists_one(b, b.containerPort == a.containerPort) && !self.internalListeners.exists(b, b.containerPort == a.containerPort))",message="an external listener has the containerPort of another listener: give each its own",fieldPath=".externalListeners"
// +kubebuilder:validation:XValidation:rule="!has(self.externalListeners) || self.externalListeners.all(a, !self.internalListeners.exists(b, b.name == a.name))",message="an external listener has the name of an internal one: give each its own",fieldPath=".externalListeners"
// +kubebuilder:validation:XValidation:rule="self.internalListeners.all(a, !has(a.externalListenerForHostname) || a.externalListenerForHostname.size() == 0 || (has(self.externalListeners) && self.externalListeners.exists(b, b.name == a.externalListenerForHostname)))",message="externalListenerForHostname must name an entry of externalListeners",fieldPath=".internalListeners"
type ListenersConfig struct {
	// ExternalListeners serve clients outside of the Kubernetes cluster.
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=32
	ExternalListeners []ExternalListenerConfig `json:"externalListeners,omitempty"`
	// InternalListeners serve clients inside, the brokers among each other, and the KRaft controllers.
	// +required
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	InternalListeners []InternalListenerConfig `json:"internalListeners"`
	// SSLSecrets says where certificates come from for TLS listeners that name no Secret of their own. Where it is set,
	// they use <cluster>-server-certificate, and the cluster's own clients use <cluster>-controller. This release issues
	// no certificates: these Secrets are yours, or cert-manager's, to make.
	SSLSecrets *SSLSecrets `json:"sslSecrets,omitempty"`
	// ServiceAnnotations are set on the Services of the internal listeners.
	ServiceAnnotations map[string]string `json:"serviceAnnotations,omitempty"`
}

// CommonListenerSpec is what internal and external listeners share.
type CommonListenerSpec struct {
	// Type is the security protocol of the listener.
	// +kubebuilder:validation:Enum=ssl;plaintext;sasl_ssl;sasl_plaintext
	// +required
	Type SecurityProtocol `json:"type"`
	// ServerSSLCertSecret names a Secret with keystore.jks, truststore.jks and password for this listener; default is
	// <cluster>-server-certificate.
	ServerSSLCertSecret *corev1.LocalObjectReference `json:"serverSSLCertSecret,omitempty"`
	// SSLClientAuth says whether clients must show a certificate; default required.
	// +kubebuilder:validation:Enum=required;requested;none
	SSLClientAuth SSLClientAuthentication `json:"sslClientAuth,omitempty"`
	// Name of the listener; it is upper-cased in Kafka's configuration.
	// +kubebuilder:validation:Pattern=`^[a-z0-9\-]+`
	// +required
	// +kubebuilder:validation:MaxLength=63
	Name string `json:"name"`
	// ContainerPort is the port that Kafka listens on.
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:ExclusiveMinimum=true
	// +kubebuilder:validation:Maximum=65535
	// +required
	// +kubebuilder:validation:XValidation:rule="self != 9020",message="9020 is the port of the metrics exporter: choose another containerPort"
	ContainerPort int32 `json:"containerPort"`
	// UsedForInnerBrokerCommunication marks the one listener that brokers use among each other.
	UsedForInnerBrokerCommunication bool `json:"usedForInnerBrokerCommunication"`
	// UsedForKafkaAdminCommunication marks the listener that the operator uses, if not the inner-broker one.
	UsedForKafkaAdminCommunication bool `json:"usedForKafkaAdminCommunication,omitempty"`
}

// InternalListenerConfig is a listener inside of the Kubernetes cluster.
type InternalListenerConfig struct {
	CommonListenerSpec `json:",inline"`
	// UsedForControllerCommunication marks the one listener of the KRaft controllers (in ZooKeeper mode, Kafka's
	// control plane listener).
	UsedForControllerCommunication bool `json:"usedForControllerCommunication,omitempty"`
	// InternalStartingPort plus the broker id is the advertised port, when externalListenerForHostname is set.
	InternalStartingPort int32 `json:"internalStartingPort"`
	// ExternalListenerForHostname names an external listener whose host name this listener advertises.
	// +kubebuilder:validation:MaxLength=63
	ExternalListenerForHostname string `json:"externalListenerForHostname,omitempty"`
}

// ExternalListenerConfig is a listener reached from outside of the Kubernetes cluster.
type ExternalListenerConfig struct {
	CommonListenerSpec     `json:",inline"`
	IngressServiceSettings `json:",inline"`
	// ExternalStartingPort plus the broker id is the port a broker is reached at. -1 turns TLS on at the ingress,
	// which then tells brokers apart by host name; 0 with NodePort lets Kubernetes choose the ports.
	// +kubebuilder:validation:Minimum=-1
	// +kubebuilder:validation:Maximum=65535
	// +required
	ExternalStartingPort int32 `json:"externalStartingPort"`
	// AnyCastPort is the port at which any broker answers for metadata; default 29092. With externalStartingPort -1 every
	// broker advertises it.
	AnyCastPort *int32 `json:"anyCastPort,omitempty"`
	// IngressControllerTargetPort is the ingress container's port for the any-broker port; default 29092. It is checked,
	// and without effect in this release, which makes no ingress.
	// +kubebuilder:validation:Minimum=1024
	// +kubebuilder:validation:Maximum=65535
	IngressControllerTargetPort *int32 `json:"ingressControllerTargetPort,omitempty"`
	// AccessMethod is how the listener is reached: LoadBalancer (the default, by Envoy), NodePort, or ClusterIP (by
	// Contour). This release makes the Services of NodePort alone; for the others it advertises the addresses that the
	// resource names or that Koperator's load balancer has, and somebody else must lead clients in.
	// +kubebuilder:validation:Enum=LoadBalancer;NodePort;ClusterIP
	AccessMethod corev1.ServiceType `json:"accessMethod,omitempty"`
	// Config splits the listener over several ingresses; it goes before envoyConfig and contourIngressConfig. Each broker
	// advertises the address at its own.
	Config *Config `json:"config,omitempty"`
	// TLSSecretName is the Secret with the certificate that the ingress shows; without effect in this release, which makes
	// no ingress.
	TLSSecretName string `json:"tlsSecretName,omitempty"`
}

// SSLSecrets says where certificates come from. This release issues none: what counts is that sslSecrets is set; its
// fields are kept for those that will.
type SSLSecrets struct {
	// TLSSecretName is the Secret with the CA (caCert, caKey) when create is false.
	// +required
	TLSSecretName string `json:"tlsSecretName"`
	// JKSPasswordName is the Secret with the keystore password.
	JKSPasswordName string `json:"jksPasswordName,omitempty"`
	// Create makes a CA when there is none.
	Create bool `json:"create,omitempty"`
	// IssuerRef names the cert-manager issuer to use instead of a CA of our own.
	IssuerRef *IssuerReference `json:"issuerRef,omitempty"`
	// PKIBackend issues the certificates.
	// +kubebuilder:validation:Enum=cert-manager
	PKIBackend PKIBackend `json:"pkiBackend,omitempty"`
}

// IssuerReference names a certificate issuer of cert-manager.
type IssuerReference struct {
	// Name of the issuer.
	// +required
	Name string `json:"name"`
	// Kind of the issuer; default Issuer.
	Kind string `json:"kind,omitempty"`
	// Group of the issuer; default cert-manager.io.
	Group string `json:"group,omitempty"`
}

// SecurityProtocol is a Kafka security protocol in lower case.
type SecurityProtocol string

// The security protocols of a listener.
const (
	SecurityProtocolSSL           SecurityProtocol = "ssl"
	SecurityProtocolPlaintext     SecurityProtocol = "plaintext"
	SecurityProtocolSASLSSL       SecurityProtocol = "sasl_ssl"
	SecurityProtocolSASLPlaintext SecurityProtocol = "sasl_plaintext"
)

// TLS reports whether the protocol encrypts.
func (p SecurityProtocol) TLS() bool {
	return p == SecurityProtocolSSL || p == SecurityProtocolSASLSSL
}

// SASL reports whether clients log in with SASL.
func (p SecurityProtocol) SASL() bool {
	return p == SecurityProtocolSASLSSL || p == SecurityProtocolSASLPlaintext
}

// SSLClientAuthentication is Kafka's ssl.client.auth.
type SSLClientAuthentication string

// Whether clients must show a certificate.
const (
	SSLClientAuthRequired  SSLClientAuthentication = "required"
	SSLClientAuthRequested SSLClientAuthentication = "requested"
	SSLClientAuthNone      SSLClientAuthentication = "none"
)

// PKIBackend issues certificates.
type PKIBackend string

// The backends that issue certificates.
const (
	PKIBackendCertManager PKIBackend = "cert-manager"
	PKIBackendK8sCSR      PKIBackend = "k8s-csr"
)
