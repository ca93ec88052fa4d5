package v1beta1

import (
	"cmp"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// The defaults of KafkaCluster. The schema sets none of them, so that a custom
// resource reads back as it was written and a broker's silence never hides what
// its group says; the methods below apply them. Values are Koperator's.
const (
	DefaultKafkaImage         = "ghcr.io/adobe/koperator/kafka:2.13-3.9.2-jdk21.0.11"
	DefaultCruiseControlImage = "adobe/cruise-control:3.0.3-adbe-20260722"
	DefaultJMXImage           = "ghcr.io/adobe/koperator/jmx-javaagent:1.5.0"
	DefaultEnvoyImage         = "envoyproxy/envoy:v1.39.0"

	// DefaultPathToJar is where the JMX exporter's jar lies in its image.
	DefaultPathToJar = "/jmx_prometheus_javaagent.jar"

	DefaultServiceAccountName = "default"
	DefaultClusterDomain      = "cluster.local"
	DefaultZooKeeperPath      = "/"
	DefaultIngressController  = IngressEnvoy

	// DefaultTerminationGracePeriodSeconds is how long a stopping broker may take.
	DefaultTerminationGracePeriodSeconds int64 = 120

	DefaultKafkaHeapOpts    = "-Xmx2G -Xms2G"
	DefaultKafkaJVMPerfOpts = "-server -XX:+UseG1GC -XX:MaxGCPauseMillis=20" +
		" -XX:InitiatingHeapOccupancyPercent=35 -XX:+ExplicitGCInvokesConcurrent" +
		" -Djava.awt.headless=true -Dsun.net.inetaddr.ttl=5"

	// MetricsPort is where the JMX exporter of every broker answers Prometheus.
	MetricsPort int32 = 9020

	DefaultAnyCastPort                 int32 = 29092
	DefaultIngressControllerTargetPort int32 = 29092
	DefaultEnvoyAdminPort              int32 = 8081
	DefaultEnvoyHealthCheckPort        int32 = 8080
	DefaultEnvoyReplicas               int32 = 1

	// DefaultNetworkThroughput in KB/s is 1 Gbit/s.
	DefaultNetworkThroughput = "125000"

	DefaultConcurrentBrokerRestartCountPerRack = 1
	DefaultCruiseControlTaskMinutes            = 5
)

// ClusterDomain is the DNS domain of the Kubernetes cluster.
func (s *KafkaClusterSpec) ClusterDomain() string {
	return cmp.Or(s.KubernetesClusterDomain, DefaultClusterDomain)
}

// ZooKeeperPath is the chroot in ZooKeeper; it begins with a slash.
func (s *KafkaClusterSpec) ZooKeeperPath() string {
	return "/" + strings.TrimPrefix(s.ZKPath, "/")
}

// KafkaImage is the image of brokers that name none themselves.
func (s *KafkaClusterSpec) KafkaImage() string {
	return cmp.Or(s.ClusterImage, DefaultKafkaImage)
}

// MetricsReporterImage carries the Cruise Control metrics reporter for brokers that name none themselves.
func (s *KafkaClusterSpec) MetricsReporterImage() string {
	return cmp.Or(s.ClusterMetricsReporterImage, s.CruiseControlConfig.CruiseControlImage())
}

// Ingress is the proxy in front of external listeners: envoy or contour.
func (s *KafkaClusterSpec) Ingress() string {
	return cmp.Or(s.IngressController, DefaultIngressController)
}

// ClientSecretName is the user's Secret with the client keystore, or empty.
func (s *KafkaClusterSpec) ClientSecretName() string {
	return secretName(s.ClientSSLCertSecret)
}

// ConcurrentRestarts is how many brokers of one rack may restart at once; at least 1.
func (c *RollingUpgradeConfig) ConcurrentRestarts() int {
	return max(c.ConcurrentBrokerRestartCountPerRack, DefaultConcurrentBrokerRestartCountPerRack)
}

// CruiseControlImage is the image of Cruise Control.
func (c *CruiseControlConfig) CruiseControlImage() string {
	return cmp.Or(c.Image, DefaultCruiseControlImage)
}

// ServiceAccount is the service account of the Cruise Control Pod.
func (c *CruiseControlConfig) ServiceAccount() string {
	return cmp.Or(c.ServiceAccountName, DefaultServiceAccountName)
}

// ResourceRequirements of the Cruise Control container.
func (c *CruiseControlConfig) ResourceRequirements() corev1.ResourceRequirements {
	return requirements(c.Resources, amounts("200m", "768Mi"), amounts("200m", "768Mi"))
}

// Minutes is how long a task is waited for.
func (c *CruiseControlTaskSpec) Minutes() int {
	if c.RetryDurationMinutes == 0 {
		return DefaultCruiseControlTaskMinutes
	}
	return c.RetryDurationMinutes
}

// Image carries the JMX exporter.
func (c *MonitoringConfig) Image() string { return cmp.Or(c.JMXImage, DefaultJMXImage) }

// Jar is the path of the JMX exporter's jar in its image.
func (c *MonitoringConfig) Jar() string { return cmp.Or(c.PathToJar, DefaultPathToJar) }

// ServerSecretName is the user's Secret with the listener's keystore, or empty.
func (l *CommonListenerSpec) ServerSecretName() string { return secretName(l.ServerSSLCertSecret) }

// ClientAuth is Kafka's ssl.client.auth of the listener.
func (l *CommonListenerSpec) ClientAuth() SSLClientAuthentication {
	return cmp.Or(l.SSLClientAuth, SSLClientAuthRequired)
}

// Access is how the listener is reached.
func (l *ExternalListenerConfig) Access() corev1.ServiceType {
	return cmp.Or(l.AccessMethod, corev1.ServiceTypeLoadBalancer)
}

// AnyBrokerPort is the port at which any broker answers for metadata.
func (l *ExternalListenerConfig) AnyBrokerPort() int32 {
	return orPointer(l.AnyCastPort, DefaultAnyCastPort)
}

// IngressTargetPort is the ingress container's port for the any-broker port.
func (l *ExternalListenerConfig) IngressTargetPort() int32 {
	return orPointer(l.IngressControllerTargetPort, DefaultIngressControllerTargetPort)
}

// IngressTLS reports whether the ingress ends TLS and tells brokers apart by host name.
func (l *ExternalListenerConfig) IngressTLS() bool { return l.ExternalStartingPort == -1 }

// BrokerPort is the port at which clients reach the broker from outside. Meaningless where Kubernetes chooses node
// ports (NodePort with externalStartingPort 0).
func (l *ExternalListenerConfig) BrokerPort(id int32) int32 {
	if l.IngressTLS() {
		return l.AnyBrokerPort()
	}
	return l.ExternalStartingPort + id
}

// Type of the Service that leads in from outside.
func (s *IngressServiceSettings) Type() corev1.ServiceType {
	return cmp.Or(s.ServiceType, corev1.ServiceTypeLoadBalancer)
}

// EnvoyImage is the image of Envoy.
func (c *EnvoyConfig) EnvoyImage() string { return cmp.Or(c.Image, DefaultEnvoyImage) }

// ReplicaCount of the Envoy Deployment.
func (c *EnvoyConfig) ReplicaCount() int32 { return cmp.Or(c.Replicas, DefaultEnvoyReplicas) }

// ServiceAccount is the service account of the Envoy Pods.
func (c *EnvoyConfig) ServiceAccount() string {
	return cmp.Or(c.ServiceAccountName, DefaultServiceAccountName)
}

// Admin is Envoy's admin port.
func (c *EnvoyConfig) Admin() int32 { return orPointer(c.AdminPort, DefaultEnvoyAdminPort) }

// HealthCheck is Envoy's health check port.
func (c *EnvoyConfig) HealthCheck() int32 {
	return orPointer(c.HealthCheckPort, DefaultEnvoyHealthCheckPort)
}

// Concurrency is Envoy's number of worker threads; 0 means one per core.
func (c *EnvoyConfig) Concurrency() int32 {
	if c.CommandLineArgs == nil {
		return 0
	}
	return c.CommandLineArgs.Concurrency
}

// ResourceRequirements of the envoy container.
func (c *EnvoyConfig) ResourceRequirements() corev1.ResourceRequirements {
	return requirements(c.Resources, amounts("100m", "100Mi"), amounts("100m", "100Mi"))
}

// BrokerHostname is the host name at which clients reach the broker when the ingress ends TLS.
func (c *EnvoyConfig) BrokerHostname(id int32) string {
	return strings.Replace(c.BrokerHostnameTemplate, "%id", strconv.Itoa(int(id)), 1)
}

// BrokerFQDN is the host name at which clients reach the broker through Contour.
func (c *ContourIngressConfig) BrokerFQDN(id int32) string {
	return strings.Replace(c.BrokerFQDNTemplate, "%id", strconv.Itoa(int(id)), 1)
}

// requirements gives the user's requirements as they are, or the default when there are none at all: a user who sets
// only requests gets no limits, as in Koperator.
func requirements(set *corev1.ResourceRequirements, requests, limits corev1.ResourceList) corev1.ResourceRequirements {
	if set != nil {
		return *set
	}
	return corev1.ResourceRequirements{Requests: requests, Limits: limits}
}

func amounts(cpu, memory string) corev1.ResourceList {
	return corev1.ResourceList{
		corev1.ResourceCPU:    resource.MustParse(cpu),
		corev1.ResourceMemory: resource.MustParse(memory),
	}
}

func orPointer[T any](value *T, otherwise T) T {
	if value == nil {
		return otherwise
	}
	return *value
}

func secretName(ref *corev1.LocalObjectReference) string {
	if ref == nil {
		return ""
	}
	return ref.Name
}
