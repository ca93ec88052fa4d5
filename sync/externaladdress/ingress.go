package externaladdress

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
)

// ingressesOf names the ingresses that serve a broker on a listener: those that the broker is mapped to, else the
// listener's default, else the cluster's, which has no name. There is always one; the first is what the broker
// advertises.
func ingressesOf(listener *v1beta1.ExternalListenerConfig, b *v1beta1.ResolvedBroker) []string {
	if listener.Config == nil {
		return []string{""}
	}
	var names []string
	for _, name := range b.BrokerIngressMapping {
		if _, ok := listener.Config.IngressConfig[name]; ok {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return []string{listener.Config.DefaultIngressConfig}
	}
	return names
}

// ingressNamed is an ingress of a listener. What it does not set comes from the listener and the cluster.
func ingressNamed(
	spec *v1beta1.KafkaClusterSpec, listener *v1beta1.ExternalListenerConfig, name string,
) v1beta1.IngressConfig {
	ingress := v1beta1.IngressConfig{
		IngressServiceSettings: listener.IngressServiceSettings,
		EnvoyConfig:            &spec.EnvoyConfig, ContourIngressConfig: &spec.ContourIngressConfig,
	}
	if listener.Config == nil {
		return ingress
	}
	own := listener.Config.IngressConfig[name]
	ingress.HostnameOverride = cmp.Or(own.HostnameOverride, ingress.HostnameOverride)
	ingress.EnvoyConfig = cmp.Or(own.EnvoyConfig, ingress.EnvoyConfig)
	ingress.ContourIngressConfig = cmp.Or(own.ContourIngressConfig, ingress.ContourIngressConfig)
	return ingress
}

// anyBrokerPort is the name of a Service's port behind which any broker answers. Source: Koperator.
const anyBrokerPort = "tcp-all-broker"

// anyBroker are the addresses at which any broker answers on a listener, one for each ingress in use, in the words of
// Koperator's status: clients begin with them. Node ports lead to one broker each, so there is none.
func anyBroker(
	parent *v1beta1.KafkaCluster, services byName, listener *v1beta1.ExternalListenerConfig, brokers []Broker,
) []v1beta1.ListenerStatus {
	if listener.Access() == corev1.ServiceTypeNodePort {
		return nil
	}
	used := make(map[string]bool)
	for i := range brokers {
		for _, name := range ingressesOf(listener, brokers[i].ResolvedBroker) {
			used[name] = true
		}
	}
	var statuses []v1beta1.ListenerStatus
	for _, name := range slices.Sorted(maps.Keys(used)) {
		status := v1beta1.ListenerStatus{Name: "any-broker"}
		if name != "" {
			status.Name += "-" + name
		}
		service := services[serviceName(parent, listener, name)]
		host := ingressNamed(&parent.Spec, listener, name).HostnameOverride
		if host == "" && listener.Access() == corev1.ServiceTypeLoadBalancer {
			host = cmp.Or(balancerHost(service), rememberedHost(parent, listener.Name, status.Name))
		}
		if host == "" {
			continue
		}
		status.Address = fmt.Sprintf("%s:%d", host, cmp.Or(portNamed(service, anyBrokerPort), listener.AnyBrokerPort()))
		statuses = append(statuses, status)
	}
	return statuses
}

// portNamed is a port of a Service, 0 when it is not there.
func portNamed(service *sync.Service, name string) int32 {
	if service == nil {
		return 0
	}
	for i := range service.Spec.Ports {
		if service.Spec.Ports[i].Name == name {
			return service.Spec.Ports[i].Port
		}
	}
	return 0
}
