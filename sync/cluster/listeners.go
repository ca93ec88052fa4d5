package cluster

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
)

// settleExternal decides which address each broker advertises on each external listener. A listener that has no address
// yet is left out of the broker's configuration and named as awaited; the brokers do not wait for it.
func (s *stock) settleExternal() {
	listeners := s.o.parent.Spec.ListenersConfig.ExternalListeners
	for i := range listeners {
		waits := ""
		for _, b := range s.o.brokers {
			if b.spec == nil || !b.spec.IsBroker() {
				continue
			}
			address, awaited := s.externalAddress(&listeners[i], b)
			if address == "" {
				waits = awaited
				continue
			}
			if s.external[b.id] == nil {
				s.external[b.id] = make(map[string]string, len(listeners))
			}
			s.external[b.id][listeners[i].Name] = address
		}
		if waits != "" {
			s.externalWaits = append(s.externalWaits, fmt.Sprintf("listener %s: %s", listeners[i].Name, waits))
		}
	}
}

// externalAddress is host:port of a broker on an external listener, or what is awaited for it. The rules are
// Koperator's.
func (s *stock) externalAddress(listener *v1beta1.ExternalListenerConfig, b *broker) (address, awaited string) {
	ingress := s.ingressOf(listener, b)
	host, port := ingress.HostnameOverride, listener.BrokerPort(b.id)
	switch {
	case listener.Access() == corev1.ServiceTypeNodePort:
		return s.nodePortAddress(listener, b)
	case listener.Access() == corev1.ServiceTypeClusterIP:
		if ingress.ContourIngressConfig == nil || ingress.ContourIngressConfig.BrokerFQDNTemplate == "" {
			return "", "it has no host name; set contourIngressConfig.brokerFQDNTemplate"
		}
		host = ingress.ContourIngressConfig.BrokerFQDN(b.id)
	case listener.IngressTLS():
		if ingress.EnvoyConfig == nil || ingress.EnvoyConfig.BrokerHostnameTemplate == "" {
			return "", "it has no host name; set envoyConfig.brokerHostnameTemplate"
		}
		host = ingress.EnvoyConfig.BrokerHostname(b.id)
	case host == "":
		return "", "it has no address; set hostnameOverride to the name that clients reach its load balancer by"
	}
	return fmt.Sprintf("%s:%d", host, port), ""
}

// ingressOf is the ingress that serves a broker on a listener: the one that the broker is mapped to, else the
// listener's default, else the cluster's.
func (s *stock) ingressOf(listener *v1beta1.ExternalListenerConfig, b *broker) v1beta1.IngressConfig {
	ingress := v1beta1.IngressConfig{
		IngressServiceSettings: listener.IngressServiceSettings,
		EnvoyConfig:            &s.o.parent.Spec.EnvoyConfig, ContourIngressConfig: &s.o.parent.Spec.ContourIngressConfig,
	}
	if listener.Config == nil {
		return ingress
	}
	chosen := listener.Config.DefaultIngressConfig
	for _, name := range b.spec.BrokerIngressMapping {
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
	return ingress
}

// nodePortAddress is a broker's address on a NodePort listener: the port is the CR's or the one that Kubernetes chose,
// the host is what the CR names, else the address of the node, which the Pod learns when it starts.
func (s *stock) nodePortAddress(listener *v1beta1.ExternalListenerConfig, b *broker) (address, awaited string) {
	port := listener.BrokerPort(b.id)
	if listener.ExternalStartingPort <= 0 {
		if port = s.chosenNodePort(listener, b); port == 0 {
			return "", fmt.Sprintf("the Service of %s has no node port yet", b)
		}
	}
	externalIP := b.spec.NodePortExternalIP[listener.Name]
	if externalIP != "" {
		// Traffic to an external IP of a Service arrives at the Service's port, not at the node port.
		port = listener.ContainerPort
	}
	switch {
	case listener.HostnameOverride != "":
		return fmt.Sprintf("%s-%d-%s.%s%s:%d", s.o.parent.Name, b.id, listener.Name, s.o.parent.Namespace,
			listener.HostnameOverride, port), ""
	case externalIP != "":
		return fmt.Sprintf("%s:%d", externalIP, port), ""
	}
	switch kind := b.spec.NodePortNodeAddressType; kind {
	case "", corev1.NodeInternalIP:
		return fmt.Sprintf("%s:%d", children.NodeAddress, port), ""
	case corev1.NodeHostName:
		return fmt.Sprintf("%s:%d", children.NodeName, port), ""
	default:
		return "", fmt.Sprintf("%s can not learn the %s of its node; set nodePortExternalIP, or "+
			"nodePortNodeAddressType to InternalIP or Hostname", b, kind)
	}
}

func (s *stock) chosenNodePort(listener *v1beta1.ExternalListenerConfig, b *broker) int32 {
	name := children.NodePortServiceName(s.o.parent.Name, b.id, listener.Name)
	services := s.o.request.Children.Services
	i := slices.IndexFunc(services, func(s sync.Service) bool { return s.Name == name })
	if i < 0 || len(services[i].Spec.Ports) == 0 {
		return 0
	}
	return services[i].Spec.Ports[0].NodePort
}

// listenerStatuses are the addresses as Koperator's users read them.
func (p *plan) listenerStatuses() v1beta1.ListenerStatuses {
	spec := &p.o.parent.Spec
	statuses := v1beta1.ListenerStatuses{InternalListeners: make(map[string][]v1beta1.ListenerStatus)}
	for i := range spec.ListenersConfig.InternalListeners {
		listener := &spec.ListenersConfig.InternalListeners[i]
		if !listener.UsedForControllerCommunication {
			statuses.InternalListeners[listener.Name] = p.internalAddresses(listener)
		}
	}
	for i := range spec.ListenersConfig.ExternalListeners {
		name := spec.ListenersConfig.ExternalListeners[i].Name
		for _, b := range p.o.brokers {
			if address := p.reachedAt(b, name); address != "" {
				if statuses.ExternalListeners == nil {
					statuses.ExternalListeners = make(map[string][]v1beta1.ListenerStatus)
				}
				statuses.ExternalListeners[name] = append(statuses.ExternalListeners[name],
					v1beta1.ListenerStatus{Name: fmt.Sprintf("broker-%d", b.id), Address: address})
			}
		}
	}
	return statuses
}

// reachedAt is a broker's address on an external listener as a client may use it, empty while it is not known.
func (p *plan) reachedAt(b *broker, listener string) string {
	address := p.external[b.id][listener]
	if !b.listed {
		return ""
	}
	pod := b.pod()
	if pod == nil {
		pod = &sync.Pod{}
	}
	for _, on := range []struct{ stands, is string }{
		{children.NodeAddress, pod.Status.HostIP}, {children.NodeName, pod.Spec.NodeName},
	} {
		if port, ok := strings.CutPrefix(address, on.stands); ok {
			if on.is == "" {
				return ""
			}
			return on.is + port
		}
	}
	return address
}

func (p *plan) internalAddresses(listener *v1beta1.InternalListenerConfig) []v1beta1.ListenerStatus {
	first := "any-broker"
	if p.o.parent.Spec.HeadlessServiceEnabled {
		first = "headless"
	}
	addresses := []v1beta1.ListenerStatus{
		{Name: first, Address: fmt.Sprintf("%s:%d", children.BootstrapHost(&p.o.parent), listener.ContainerPort)},
	}
	for _, b := range p.o.brokers {
		if b.listed && b.spec.IsBroker() && p.drawn[b.id] != nil {
			addresses = append(addresses, v1beta1.ListenerStatus{
				Name: fmt.Sprintf("broker-%d", b.id), Address: p.cluster.InternalAddress(p.drawn[b.id], listener),
			})
		}
	}
	return addresses
}
