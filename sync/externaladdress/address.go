package externaladdress

import (
	"cmp"
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
)

// of is host:port of a broker on an external listener, or what is awaited for it.
func of(
	parent *v1beta1.KafkaCluster, services byName, listener *v1beta1.ExternalListenerConfig, b *v1beta1.ResolvedBroker,
) (address, awaited string) {
	name := ingressesOf(listener, b)[0]
	ingress := ingressNamed(&parent.Spec, listener, name)
	host, port := ingress.HostnameOverride, listener.BrokerPort(b.ID)
	switch {
	case listener.Access() == corev1.ServiceTypeNodePort:
		return nodePortAddress(parent, services, listener, b)
	case listener.Access() == corev1.ServiceTypeClusterIP:
		if ingress.ContourIngressConfig == nil || ingress.ContourIngressConfig.BrokerFQDNTemplate == "" {
			return "", "it has no host name; set contourIngressConfig.brokerFQDNTemplate"
		}
		host = ingress.ContourIngressConfig.BrokerFQDN(b.ID)
	case listener.IngressTLS():
		if ingress.EnvoyConfig == nil || ingress.EnvoyConfig.BrokerHostnameTemplate == "" {
			return "", "it has no host name; set envoyConfig.brokerHostnameTemplate"
		}
		host = ingress.EnvoyConfig.BrokerHostname(b.ID)
	case host == "":
		host = cmp.Or(balancerHost(services[serviceName(parent, listener, name)]),
			rememberedHost(parent, listener.Name, statusName(b.ID)))
	}
	if host == "" {
		return "", "it has no address, and no load balancer is made by this release; " +
			"set hostnameOverride to the name that clients reach yours by"
	}
	return fmt.Sprintf("%s:%d", host, port), ""
}

// nodePortAddress is a broker's address on a NodePort listener: the port is the CR's or the one that Kubernetes chose,
// the host is what the CR names, else the address of the node, which the Pod learns when it starts.
func nodePortAddress(
	parent *v1beta1.KafkaCluster, services byName, listener *v1beta1.ExternalListenerConfig, b *v1beta1.ResolvedBroker,
) (address, awaited string) {
	port := listener.BrokerPort(b.ID)
	if listener.ExternalStartingPort <= 0 {
		port = chosenNodePort(services[children.NodePortServiceName(parent.Name, b.ID, listener.Name)])
		if port == 0 {
			return "", fmt.Sprintf("the Service of broker %d has no node port yet", b.ID)
		}
	}
	externalIP := b.NodePortExternalIP[listener.Name]
	if externalIP != "" {
		// Traffic to an external IP of a Service arrives at the Service's port, not at the node port.
		port = listener.ContainerPort
	}
	switch {
	case listener.HostnameOverride != "":
		host := fmt.Sprintf("%s-%d-%s.%s%s", parent.Name, b.ID, listener.Name, parent.Namespace, listener.HostnameOverride)
		return fmt.Sprintf("%s:%d", host, port), ""
	case externalIP != "":
		return fmt.Sprintf("%s:%d", externalIP, port), ""
	}
	switch kind := b.NodePortNodeAddressType; kind {
	case "", corev1.NodeInternalIP:
		return fmt.Sprintf("%s:%d", children.NodeAddress, port), ""
	case corev1.NodeHostName:
		return fmt.Sprintf("%s:%d", children.NodeName, port), ""
	default:
		return "", fmt.Sprintf("broker %d can not learn the %s of its node; set nodePortExternalIP, or "+
			"nodePortNodeAddressType to InternalIP or Hostname", b.ID, kind)
	}
}

func chosenNodePort(service *sync.Service) int32 {
	if service == nil || len(service.Spec.Ports) == 0 {
		return 0
	}
	return service.Spec.Ports[0].NodePort
}
