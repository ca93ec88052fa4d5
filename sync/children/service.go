package children

import (
	"net/netip"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
)

// metricsPortName is the name of the JMX exporter's port on Pods and Services.
const metricsPortName = "metrics"

// AllBrokerService is where clients begin when there is no headless Service: one address for all ready brokers.
// Controllers do not serve clients and are not behind it.
func AllBrokerService(c *Cluster) sync.Child {
	labels := ClusterLabels(c.Parent.Name)
	return c.service(AllBrokerServiceName(c.Parent.Name), labels, corev1.ServiceSpec{
		Type: c.internalType(), Selector: c.brokerSelector(), Ports: c.shared.servicePorts,
	})
}

// BrokerService is a broker's own address when there is no headless Service. It leads to the broker before it is
// ready: controllers must reach each other to become ready, and a client that asks for this broker can use no other.
func BrokerService(c *Cluster, b *Broker) sync.Child {
	labels := BrokerLabels(c.Parent.Name, b.ID)
	return c.service(BrokerServiceName(c.Parent.Name, b.ID), labels, corev1.ServiceSpec{
		Type: c.internalType(), Selector: BrokerLabels(c.Parent.Name, b.ID), Ports: c.shared.allPorts,
		PublishNotReadyAddresses: true,
	})
}

// HeadlessService gives every broker a DNS name, and is where clients begin.
func HeadlessService(c *Cluster) sync.Child {
	return c.headlessService(HeadlessServiceName(c.Parent.Name), c.brokerSelector())
}

// ControllerHeadlessService gives every node that is only a controller a DNS name. It is drawn in KRaft mode.
func ControllerHeadlessService(c *Cluster) sync.Child {
	selector := with(ClusterLabels(c.Parent.Name), IsControllerLabel, "true")
	return c.headlessService(ControllerHeadlessServiceName(c.Parent.Name), selector)
}

func (c *Cluster) headlessService(name string, selector map[string]string) sync.Child {
	return c.service(name, c.underParents(selector), corev1.ServiceSpec{
		Type: corev1.ServiceTypeClusterIP, ClusterIP: corev1.ClusterIPNone, PublishNotReadyAddresses: true,
		Selector: selector, Ports: c.shared.allPorts,
	})
}

// NodePortService leads from a port of every Kubernetes node to one broker's external listener. With
// externalStartingPort 0 Kubernetes chooses the port.
func NodePortService(c *Cluster, b *Broker, listener *v1beta1.ExternalListenerConfig) sync.Child {
	name := NodePortServiceName(c.Parent.Name, b.ID, listener.Name)
	port := corev1.ServicePort{
		Name: "broker-" + strconv.Itoa(int(b.ID)), Protocol: corev1.ProtocolTCP,
		Port: listener.ContainerPort, TargetPort: intstr.FromInt32(listener.ContainerPort),
	}
	if listener.ExternalStartingPort > 0 {
		port.NodePort = listener.BrokerPort(b.ID)
	}
	spec := corev1.ServiceSpec{
		Type: corev1.ServiceTypeNodePort, Selector: BrokerLabels(c.Parent.Name, b.ID),
		Ports: []corev1.ServicePort{port}, ExternalTrafficPolicy: listener.ExternalTrafficPolicy,
	}
	// The API server refuses a Service whose external IP is none, such as the "<public ip>" that Koperator's sample leaves
	// to its reader; without it the Service still leads to the broker.
	if ip := b.NodePortExternalIP[listener.Name]; isIP(ip) {
		spec.ExternalIPs = []string{ip}
	}
	return child(coreV1, "Service", c.meta(name, BrokerLabels(c.Parent.Name, b.ID), listener.ServiceAnnotations), &spec)
}

func isIP(text string) bool {
	_, err := netip.ParseAddr(text)
	return err == nil
}

func (c *Cluster) service(name string, labels map[string]string, spec corev1.ServiceSpec) sync.Child {
	return child(coreV1, "Service", c.meta(name, labels, c.Parent.Spec.ListenersConfig.ServiceAnnotations), &spec)
}

// KeepPorts leaves ports open that the spec no longer lists, on the Services for clients inside of the Kubernetes
// cluster: brokers that were not restarted yet still listen there.
func (c *Cluster) KeepPorts(numbers []int32) {
	for _, number := range numbers {
		c.shared.servicePorts = appendServicePort(slices.Clip(c.shared.servicePorts), "", number, corev1.ProtocolTCP)
		c.shared.allPorts = appendServicePort(slices.Clip(c.shared.allPorts), "", number, corev1.ProtocolTCP)
	}
}

// internalType is the type of the Services for clients inside of the Kubernetes cluster.
func (c *Cluster) internalType() corev1.ServiceType {
	if c.Parent.Spec.LocalDebugEnabled {
		return corev1.ServiceTypeLoadBalancer
	}
	return corev1.ServiceTypeClusterIP
}

// brokerSelector selects the Pods that serve clients.
func (c *Cluster) brokerSelector() map[string]string {
	selector := ClusterLabels(c.Parent.Name)
	if c.kraft() {
		selector[IsBrokerLabel] = "true"
	}
	return selector
}

// listenerServicePorts are the ports of all listeners and the additional ports, internal listeners first.
func (c *Cluster) listenerServicePorts() []corev1.ServicePort {
	spec := &c.Parent.Spec
	var ports []corev1.ServicePort
	for i := range spec.ListenersConfig.InternalListeners {
		listener := &spec.ListenersConfig.InternalListeners[i]
		ports = appendServicePort(ports, servicePortName(listener.Name), listener.ContainerPort, corev1.ProtocolTCP)
	}
	for i := range spec.ListenersConfig.ExternalListeners {
		listener := &spec.ListenersConfig.ExternalListeners[i]
		ports = appendServicePort(ports, servicePortName(listener.Name), listener.ContainerPort, corev1.ProtocolTCP)
	}
	for i := range spec.AdditionalPorts {
		port := &spec.AdditionalPorts[i]
		ports = appendServicePort(ports, port.Name, port.ContainerPort, port.Protocol)
	}
	return ports
}

// appendServicePort adds a port unless its number is there already: Metacontroller takes ports of one number for one.
func appendServicePort(
	ports []corev1.ServicePort, name string, number int32, protocol corev1.Protocol,
) []corev1.ServicePort {
	for i := range ports {
		if ports[i].Port == number {
			return ports
		}
	}
	if name == "" {
		name = "port-" + strconv.Itoa(int(number)) // every port of a Service with several has a name
	}
	if protocol == "" {
		protocol = corev1.ProtocolTCP
	}
	return append(ports, corev1.ServicePort{
		Name: name, Port: number, TargetPort: intstr.FromInt32(number), Protocol: protocol,
	})
}
