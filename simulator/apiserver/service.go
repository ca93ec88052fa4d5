package apiserver

import (
	"fmt"
	"net/http"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation"
)

// defaultService writes what the API server writes into a Service. Source: Kubernetes, pkg/apis/core/v1/defaults.go.
func defaultService(service *corev1.Service) {
	spec := &service.Spec
	orDefault(&spec.Type, corev1.ServiceTypeClusterIP)
	orDefault(&spec.SessionAffinity, corev1.ServiceAffinityNone)
	for i := range spec.Ports {
		port := &spec.Ports[i]
		orDefault(&port.Protocol, corev1.ProtocolTCP)
		orDefault(&port.TargetPort, intstr.FromInt32(port.Port))
	}
	if spec.Type == corev1.ServiceTypeExternalName {
		return
	}
	orPointer(&spec.InternalTrafficPolicy, corev1.ServiceInternalTrafficPolicyCluster)
	orPointer(&spec.IPFamilyPolicy, corev1.IPFamilyPolicySingleStack)
	if len(spec.IPFamilies) == 0 {
		spec.IPFamilies = []corev1.IPFamily{corev1.IPv4Protocol}
	}
	if spec.Type != corev1.ServiceTypeClusterIP {
		orDefault(&spec.ExternalTrafficPolicy, corev1.ServiceExternalTrafficPolicyCluster)
	}
	if spec.Type == corev1.ServiceTypeLoadBalancer {
		orPointer(&spec.AllocateLoadBalancerNodePorts, true)
	}
}

// The range of node ports. Source: kube-apiserver's default of --service-node-port-range.
const firstNodePort, lastNodePort = 30000, 32767

// admitService checks the ports and allocates addresses and node ports.
func admitService(s *Server, key Key, o Object) error {
	if err := validPorts(key, o); err != nil {
		return err
	}
	spec := Map(o, "spec")
	if String(spec, "type") != "ExternalName" {
		if String(spec, "clusterIP") == "" {
			s.addresses++
			spec["clusterIP"] = fmt.Sprintf("10.96.%d.%d", s.addresses/250, s.addresses%250+1)
		}
		spec["clusterIPs"] = []any{spec["clusterIP"]}
	}
	return s.allocateNodePorts(key, spec)
}

func (s *Server) allocateNodePorts(key Key, spec Object) error {
	if kind := String(spec, "type"); kind != "NodePort" && kind != "LoadBalancer" {
		return nil
	}
	for _, port := range List(spec, "ports") {
		number := Int(port, "nodePort")
		if number == 0 {
			number = firstNodePort
			for s.nodePorts[number] != (Key{}) {
				number++
			}
			port["nodePort"] = number
		}
		if number < firstNodePort || number > lastNodePort {
			return invalid(key, "spec.ports.nodePort", "%d is not in the range %d-%d", number, firstNodePort, lastNodePort)
		}
		if holder := s.nodePorts[number]; holder != (Key{}) && holder != key {
			return invalid(key, "spec.ports.nodePort", "%d is allocated already", number)
		}
		s.nodePorts[number] = key
	}
	return nil
}

// validPorts refuses ports without a name where there are several, and the same name or number twice.
func validPorts(key Key, o Object) error {
	ports := List(o, "spec", "ports")
	if len(ports) == 0 && String(o, "spec", "clusterIP") != "None" && String(o, "spec", "type") != "ExternalName" {
		return invalid(key, "spec.ports", "a port is needed")
	}
	seen := map[string]bool{}
	for _, port := range ports {
		name := String(port, "name")
		if len(ports) > 1 && name == "" || name != "" && len(validation.IsDNS1123Label(name)) > 0 {
			return invalid(key, "spec.ports.name", "%q is no DNS label", name)
		}
		number := fmt.Sprintf("%d/%s", Int(port, "port"), String(port, "protocol"))
		if seen[name] || seen[number] {
			return invalid(key, "spec.ports", "%s %s is there twice", name, number)
		}
		seen[name], seen[number] = true, true
	}
	return nil
}

// validateServiceUpdate keeps a Service's address and gives new ports their node ports.
func validateServiceUpdate(s *Server, old, updated Object) error {
	key, spec := KeyOf(updated), Map(updated, "spec")
	if String(spec, "clusterIP") == "" {
		keep(spec, Map(old, "spec"), "clusterIP")
		keep(spec, Map(old, "spec"), "clusterIPs")
	}
	if !equal(old, updated, "spec", "clusterIP") && String(old, "spec", "type") != "ExternalName" {
		return invalid(key, "spec.clusterIP", "field is immutable")
	}
	if String(old, "metadata", "name") != String(updated, "metadata", "name") {
		return refuse(http.StatusBadRequest, "%s: a name can not change", key)
	}
	if err := validPorts(key, updated); err != nil {
		return err
	}
	return s.allocateNodePorts(key, spec)
}
