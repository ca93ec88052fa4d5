package externaladdress

import (
	"cmp"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
)

// Of is host:port of a broker on an external listener, or what is awaited for it. The services are those observed.
func Of(
	parent *v1beta1.KafkaCluster, services []sync.Service,
	listener *v1beta1.ExternalListenerConfig, b *v1beta1.ResolvedBroker,
) (address, awaited string) {
	ingress, scope := ingressOf(&parent.Spec, listener, b)
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
		host = cmp.Or(balancerHost(services, balancerName(parent.Name, listener.Name, scope)),
			rememberedHost(parent, listener.Name, b.ID))
	}
	if host == "" {
		return "", "it has no address; set hostnameOverride to the name that clients reach its load balancer by"
	}
	return fmt.Sprintf("%s:%d", host, port), ""
}

// ingressOf is the ingress that serves a broker on a listener, and its name: the one that the broker is mapped to, else
// the listener's default, else the cluster's, which has no name.
func ingressOf(
	spec *v1beta1.KafkaClusterSpec, listener *v1beta1.ExternalListenerConfig, b *v1beta1.ResolvedBroker,
) (ingress v1beta1.IngressConfig, name string) {
	ingress = v1beta1.IngressConfig{
		IngressServiceSettings: listener.IngressServiceSettings,
		EnvoyConfig:            &spec.EnvoyConfig, ContourIngressConfig: &spec.ContourIngressConfig,
	}
	if listener.Config == nil {
		return ingress, ""
	}
	chosen := listener.Config.DefaultIngressConfig
	for _, name := range b.BrokerIngressMapping {
		if _, ok := listener.Config.IngressConfig[name]; ok {
			chosen = name
			break
		}
	}
	own := listener.Config.IngressConfig[chosen]
	if own.HostnameOverride != "" {
		ingress.HostnameOverride = own.HostnameOverride
	}
	if own.EnvoyConfig != nil {
		ingress.EnvoyConfig = own.EnvoyConfig
	}
	if own.ContourIngressConfig != nil {
		ingress.ContourIngressConfig = own.ContourIngressConfig
	}
	return ingress, chosen
}

// nodePortAddress is a broker's address on a NodePort listener: the port is the CR's or the one that Kubernetes chose,
// the host is what the CR names, else the address of the node, which the Pod learns when it starts.
func nodePortAddress(
	parent *v1beta1.KafkaCluster, services []sync.Service,
	listener *v1beta1.ExternalListenerConfig, b *v1beta1.ResolvedBroker,
) (address, awaited string) {
	port := listener.BrokerPort(b.ID)
	if listener.ExternalStartingPort <= 0 {
		port = chosenNodePort(services, children.NodePortServiceName(parent.Name, b.ID, listener.Name))
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

func chosenNodePort(services []sync.Service, name string) int32 {
	i := slices.IndexFunc(services, func(s sync.Service) bool { return s.Name == name })
	if i < 0 || len(services[i].Spec.Ports) == 0 {
		return 0
	}
	return services[i].Spec.Ports[0].NodePort
}
