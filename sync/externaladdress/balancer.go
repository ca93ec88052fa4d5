package externaladdress

import (
	"cmp"
	"strings"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
)

// No proxy is made here. Koperator has made one for each listener, and for each named ingress of it; a cluster that was
// taken over goes on with those.

// serviceName is the name of the Service in front of a listener's ingress. Source: Koperator, pkg/util/envoy and
// pkg/util/contour, whose second name for Contour is spelt like that.
func serviceName(parent *v1beta1.KafkaCluster, listener *v1beta1.ExternalListenerConfig, ingress string) string {
	first := "envoy-loadbalancer"
	if parent.Spec.Ingress() == v1beta1.IngressContour {
		if first = "contour-svc"; ingress != "" {
			first = "countour-svc"
		}
	}
	name := first + "-" + listener.Name + "-" + parent.Name
	if ingress != "" {
		name = first + "-" + listener.Name + "-" + ingress + "-" + parent.Name
	}
	return strings.ReplaceAll(name, "_", "-")
}

// balancerHost is where clients reach a load balancer; empty when it is not there or has no address.
func balancerHost(service *sync.Service) string {
	if service == nil || len(service.Status.LoadBalancer.Ingress) == 0 {
		return ""
	}
	first := service.Status.LoadBalancer.Ingress[0]
	return cmp.Or(first.Hostname, first.IP)
}

// rememberedHost is the host of an entry of the status. A load balancer that is not seen for a moment restarts nobody.
func rememberedHost(parent *v1beta1.KafkaCluster, listener, name string) string {
	for _, told := range parent.Status.ListenerStatuses.ExternalListeners[listener] {
		if at := strings.LastIndexByte(told.Address, ':'); told.Name == name && at >= 0 {
			return told.Address[:at]
		}
	}
	return ""
}
