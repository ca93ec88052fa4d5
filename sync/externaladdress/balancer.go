package externaladdress

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
)

// No load balancer is made here. Koperator has made one for each listener, and for each named ingress of it; a cluster
// that was taken over goes on with those.

// balancerName is the name of the Service of a load balancer. Source: Koperator, pkg/util/envoy.
func balancerName(cluster, listener, ingress string) string {
	name := "envoy-loadbalancer-" + listener + "-" + cluster
	if ingress != "" {
		name = "envoy-loadbalancer-" + listener + "-" + ingress + "-" + cluster
	}
	return strings.ReplaceAll(name, "_", "-")
}

// balancerHost is where clients reach a load balancer; empty when it is not there or has no address.
func balancerHost(services []sync.Service, name string) string {
	for i := range services {
		if ingress := services[i].Status.LoadBalancer.Ingress; services[i].Name == name && len(ingress) > 0 {
			return cmp.Or(ingress[0].Hostname, ingress[0].IP)
		}
	}
	return ""
}

// rememberedHost is where the status says that clients reach a broker. A load balancer that is not seen for a moment
// restarts nobody.
func rememberedHost(parent *v1beta1.KafkaCluster, listener string, id int32) string {
	name := fmt.Sprintf("broker-%d", id)
	for _, told := range parent.Status.ListenerStatuses.ExternalListeners[listener] {
		if at := strings.LastIndexByte(told.Address, ':'); told.Name == name && at >= 0 {
			return told.Address[:at]
		}
	}
	return ""
}
