package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kompositor/kompositor/api/v1beta1"
)

// DefaultExpirationSeconds is the validity of a user's certificate: 90 days.
const DefaultExpirationSeconds int32 = 90 * 24 * 60 * 60

// +kubebuilder:object:root=true
// +kubebuilder:subresource:status

// KafkaUser is a client of a KafkaCluster: its certificate and what it may do.
type KafkaUser struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   KafkaUserSpec   `json:"spec,omitzero"`
	Status KafkaUserStatus `json:"status,omitzero"`
}

// +kubebuilder:object:root=true

// KafkaUserList is a list of KafkaUsers.
type KafkaUserList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []KafkaUser `json:"items"`
}

// KafkaUserSpec is what the user asks for.
type KafkaUserSpec struct {
	// SecretName is the Secret that receives the certificate. No other user of the namespace may name it.
	// +required
	SecretName string `json:"secretName"`
	// ClusterRef names the KafkaCluster.
	// +required
	ClusterRef ClusterReference `json:"clusterRef"`
	// Annotations are set on the Secret of a scram-sha-512 user. On a certificate or its signing request they are not yet:
	// this release issues none.
	Annotations map[string]string `json:"annotations,omitempty"`
	// DNSNames are the certificate's subject alternative names. Without effect in this release, which issues no
	// certificates.
	DNSNames []string `json:"dnsNames,omitempty"`
	// TopicGrants are what the user may do.
	TopicGrants []UserTopicGrant `json:"topicGrants,omitempty"`
	// IncludeJKS adds a Java keystore, truststore and their password to the Secret. Without effect in this release, which
	// issues no certificates.
	IncludeJKS bool `json:"includeJKS,omitempty"`
	// CreateCert issues a certificate; default true. When false, the Secret must exist already.
	CreateCert *bool `json:"createCert,omitempty"`
	// PKIBackendSpec says who issues the certificate; default is the cluster's. Without effect in this release, which
	// issues no certificates.
	PKIBackendSpec *PKIBackendSpec `json:"pkiBackendSpec,omitempty"`
	// ExpirationSeconds is the validity of the certificate, at least 3600; default is 90 days. Without effect in this
	// release, which issues no certificates.
	// +kubebuilder:validation:Minimum=3600
	ExpirationSeconds *int32 `json:"expirationSeconds,omitempty"`
	// Authentication says how the user proves who it is; default is a certificate.
	Authentication *UserAuthentication `json:"authentication,omitempty"`
	// Quotas limit what the user takes of the brokers. What is not named is not limited by this user.
	Quotas *UserQuotas `json:"quotas,omitempty"`
}

// UserAuthentication says how a user proves who it is.
type UserAuthentication struct {
	// Type is tls, a certificate whose subject is CN=<name of this user>, or scram-sha-512, a password that is kept in
	// the Secret secretName with the keys username, password and sasl.jaas.config. With createCert false the Secret
	// must exist already and hold the key password.
	// +kubebuilder:validation:Enum=tls;scram-sha-512
	// +required
	Type UserAuthenticationType `json:"type"`
}

// UserAuthenticationType is a way to prove who one is.
type UserAuthenticationType string

// How a user proves who it is.
const (
	AuthenticationTLS         UserAuthenticationType = "tls"
	AuthenticationSCRAMSHA512 UserAuthenticationType = "scram-sha-512"
)

// UserQuotas are Kafka's client quotas of one user (KIP-13, KIP-124, KIP-599). Each holds for every broker by itself.
type UserQuotas struct {
	// ProducerByteRate is how many bytes the user may write to a broker in a second.
	// +kubebuilder:validation:Minimum=1
	ProducerByteRate *int64 `json:"producerByteRate,omitempty"`
	// ConsumerByteRate is how many bytes the user may read from a broker in a second.
	// +kubebuilder:validation:Minimum=1
	ConsumerByteRate *int64 `json:"consumerByteRate,omitempty"`
	// RequestPercentage is how much of the time of a broker's request and network threads the user may take; each
	// thread counts 100.
	// +kubebuilder:validation:Minimum=1
	RequestPercentage *int32 `json:"requestPercentage,omitempty"`
	// ControllerMutationRate is how many partitions a second the user may create or delete.
	// +kubebuilder:validation:Minimum=1
	ControllerMutationRate *int32 `json:"controllerMutationRate,omitempty"`
}

// PKIBackendSpec says who issues a certificate.
type PKIBackendSpec struct {
	// IssuerRef names the cert-manager issuer.
	IssuerRef *v1beta1.IssuerReference `json:"issuerRef,omitempty"`
	// PKIBackend issues the certificate.
	// +kubebuilder:validation:Enum=cert-manager;k8s-csr
	// +required
	PKIBackend v1beta1.PKIBackend `json:"pkiBackend"`
	// SignerName is the qualified name of the signer for k8s-csr.
	SignerName string `json:"signerName,omitempty"`
}

// UserTopicGrant is what a user may do with topics.
type UserTopicGrant struct {
	// TopicName is the topic, or its prefix, as patternType says.
	// +required
	TopicName string `json:"topicName"`
	// AccessType is read (consume) or write (produce).
	// +kubebuilder:validation:Enum=read;write
	// +required
	AccessType KafkaAccessType `json:"accessType"`
	// PatternType says how topicName is matched; default literal.
	// +kubebuilder:validation:Enum=literal;match;prefixed;any
	PatternType KafkaPatternType `json:"patternType,omitempty"`
}

// KafkaUserStatus is what is known about the user.
type KafkaUserStatus struct {
	// ObservedGeneration is the generation of the spec that this status speaks about.
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`
	// Conditions say what is true, and if not, what is awaited and who must act.
	// +listType=map
	// +listMapKey=type
	Conditions []metav1.Condition `json:"conditions,omitempty"`
	// State of the user.
	State UserState `json:"state"`
	// ACLs that this resource gave the user in Kafka, or is about to. No others are ever removed.
	ACLs []string `json:"acls,omitempty"`
	// QuotaKeys are the quotas that this resource set, or is about to. No others are ever removed.
	QuotaKeys []string `json:"quotaKeys,omitempty"`
	// SCRAMSecret is the uid and resourceVersion of the Secret whose password Kafka was told last.
	SCRAMSecret string `json:"scramSecret,omitempty"`
	// Principal is who Kafka takes the user for.
	Principal string `json:"principal,omitempty"`
}

// Authenticates is how the user proves who it is.
func (s *KafkaUserSpec) Authenticates() UserAuthenticationType {
	if s.Authentication == nil {
		return AuthenticationTLS
	}
	return s.Authentication.Type
}

// CertificateWanted reports whether a certificate shall be issued.
func (s *KafkaUserSpec) CertificateWanted() bool { return s.CreateCert == nil || *s.CreateCert }

// Expiration is the validity of the certificate in seconds.
func (s *KafkaUserSpec) Expiration() int32 {
	if s.ExpirationSeconds == nil {
		return DefaultExpirationSeconds
	}
	return *s.ExpirationSeconds
}

// Pattern says how topicName is matched.
func (g *UserTopicGrant) Pattern() KafkaPatternType {
	if g.PatternType == "" {
		return KafkaPatternTypeLiteral
	}
	return g.PatternType
}
