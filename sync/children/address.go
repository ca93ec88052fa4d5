package children

import (
	"strconv"
	"strings"

	"github.com/kompositor/kompositor/api/v1beta1"
)

// Host is the DNS name of a broker inside of the Kubernetes cluster. With headless Services it lies below the Service
// of the Pod's subdomain, and that is the brokers' one for every node that is a broker, a combined node included.
func (c *Cluster) Host(b *Broker) string {
	if c.headless() {
		return PodName(c.Parent.Name, b.ID) + "." + c.subdomain(b) + c.shared.domain
	}
	return BrokerServiceName(c.Parent.Name, b.ID) + c.shared.domain
}

// subdomain is the headless Service that a broker's DNS name lies below.
func (c *Cluster) subdomain(b *Broker) string {
	if c.kraft() && b.IsControllerOnly() {
		return ControllerHeadlessServiceName(c.Parent.Name)
	}
	return HeadlessServiceName(c.Parent.Name)
}

// BootstrapHost is the DNS name behind which all brokers of a cluster are.
func BootstrapHost(cluster *v1beta1.KafkaCluster) string {
	domain := "." + cluster.Namespace + ".svc." + cluster.Spec.ClusterDomain()
	if cluster.Spec.HeadlessServiceEnabled {
		return HeadlessServiceName(cluster.Name) + domain
	}
	return AllBrokerServiceName(cluster.Name) + domain
}

// Bootstrap is the host:port that clients inside of the Kubernetes cluster begin with; empty when no listener is for
// them.
func (c *Cluster) Bootstrap() string {
	listener := c.Parent.Spec.ListenersConfig.Admin()
	if listener == nil {
		return ""
	}
	return address(BootstrapHost(c.Parent), listener.ContainerPort)
}

// ControllerListener is the listener of the controllers, nil when none is marked.
func (c *Cluster) ControllerListener() *v1beta1.InternalListenerConfig {
	listeners := c.Parent.Spec.ListenersConfig.InternalListeners
	for i := range listeners {
		if listeners[i].UsedForControllerCommunication {
			return &listeners[i]
		}
	}
	return nil
}

// InternalAddress is the host:port that a broker advertises for an internal listener: its own name, or the host of
// the external listener that externalListenerForHostname names, as soon as that has one.
func (c *Cluster) InternalAddress(b *Broker, listener *v1beta1.InternalListenerConfig) string {
	external := b.External[listener.ExternalListenerForHostname]
	if port := strings.LastIndexByte(external, ':'); port > 0 && listener.InternalStartingPort > 0 {
		return address(external[:port], listener.InternalStartingPort+b.ID)
	}
	return address(c.Host(b), listener.ContainerPort)
}

func address(host string, port int32) string { return host + ":" + strconv.Itoa(int(port)) }

// kafkaName is a listener's name as Kafka's configuration has it.
func kafkaName(listener *v1beta1.CommonListenerSpec) string { return strings.ToUpper(listener.Name) }
