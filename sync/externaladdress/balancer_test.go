package externaladdress

import (
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
)

// A load balancer's host name goes before its IP, what is seen before what is remembered, and a named ingress of a
// listener has a load balancer of its own.
func TestWhereALoadBalancerIs(t *testing.T) {
	const ours = "envoy-loadbalancer-out-side-shop"
	parent := &v1beta1.KafkaCluster{}
	parent.Name = "shop"
	listener := &v1beta1.ExternalListenerConfig{ExternalStartingPort: 19090}
	listener.Name = "out_side"
	broker := &v1beta1.ResolvedBroker{}
	broker.ID = 3
	scoped := *listener
	scoped.Config = &v1beta1.Config{
		DefaultIngressConfig: "az1", IngressConfig: map[string]v1beta1.IngressConfig{"az1": {}},
	}
	service := func(name string, ingress ...corev1.LoadBalancerIngress) sync.Service {
		s := sync.Service{Meta: sync.Meta{Name: name}}
		s.Status.LoadBalancer.Ingress = ingress
		return s
	}
	ip, host := corev1.LoadBalancerIngress{IP: "203.0.113.7"}, corev1.LoadBalancerIngress{
		IP: "203.0.113.8", Hostname: "balancer.example.com",
	}
	remembered := *parent
	remembered.Status.ListenerStatuses.ExternalListeners = map[string][]v1beta1.ListenerStatus{
		"out_side": {{Name: "any-broker", Address: "a:1"}, {Name: "broker-3", Address: "old.example.com:5"}},
	}
	for name, c := range map[string]struct {
		parent   *v1beta1.KafkaCluster
		listener *v1beta1.ExternalListenerConfig
		services []sync.Service
		want     string
	}{
		"nothing":      {parent, listener, nil, ""},
		"not yet":      {parent, listener, []sync.Service{service(ours)}, ""},
		"an IP":        {parent, listener, []sync.Service{service(ours, ip)}, "203.0.113.7:19093"},
		"another name": {parent, listener, []sync.Service{service("envoy-loadbalancer-inside-shop", ip)}, ""},
		"a name": {
			parent, listener, []sync.Service{service(ours, host)}, "balancer.example.com:19093",
		},
		"of an ingress": {
			parent, &scoped, []sync.Service{
				service(ours, host), service("envoy-loadbalancer-out-side-az1-shop", ip),
			}, "203.0.113.7:19093",
		},
		"remembered": {&remembered, listener, nil, "old.example.com:19093"},
		"seen":       {&remembered, listener, []sync.Service{service(ours, ip)}, "203.0.113.7:19093"},
	} {
		t.Run(name, func(t *testing.T) {
			parent := *c.parent
			parent.Spec.ListenersConfig.ExternalListeners = []v1beta1.ExternalListenerConfig{*c.listener}
			s := Settle(&parent, c.services, []Broker{{ResolvedBroker: broker}})
			if got := s.Of[broker.ID][c.listener.Name]; got != c.want || (len(s.Waits) == 0) != (c.want != "") {
				t.Errorf("it is at %q (%v), not %q", got, s.Waits, c.want)
			}
		})
	}
}
