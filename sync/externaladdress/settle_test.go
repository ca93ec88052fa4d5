package externaladdress

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
)

// proxy is a Service that leads to any broker at a port of its own.
func proxy(name string, port int32, host string) sync.Service {
	s := sync.Service{Meta: sync.Meta{Name: name}}
	s.Spec.Ports = []corev1.ServicePort{{Name: "tcp-health", Port: 8080}, {Name: "tcp-all-broker", Port: port}}
	if host != "" {
		s.Status.LoadBalancer.Ingress = []corev1.LoadBalancerIngress{{Hostname: host}}
	}
	return s
}

// Clients begin with an address at which any broker answers, and scripts read it from the status: one for each ingress
// that a broker is mapped to, at the port of its Service. What is not seen is not said to be ready.
func TestWhereAnyBrokerAnswers(t *testing.T) {
	zones := &v1beta1.Config{DefaultIngressConfig: "az1", IngressConfig: map[string]v1beta1.IngressConfig{
		"az1": {},
		"az2": {IngressServiceSettings: v1beta1.IngressServiceSettings{HostnameOverride: "two.example.com"}},
		"az3": {},
	}}
	fqdn := v1beta1.ContourIngressConfig{BrokerFQDNTemplate: "kafka-%id.example.com"}
	for name, c := range map[string]struct {
		listener v1beta1.ExternalListenerConfig
		contour  bool
		mapped   []string
		services []sync.Service
		before   []v1beta1.ListenerStatus
		want     string
		ready    metav1.ConditionStatus
	}{
		"nothing is there": {ready: metav1.ConditionFalse},
		"a host name, and no proxy": {
			listener: v1beta1.ExternalListenerConfig{IngressServiceSettings: v1beta1.IngressServiceSettings{
				HostnameOverride: "kafka.example.com",
			}},
			want: "any-broker kafka.example.com:29092", ready: metav1.ConditionUnknown,
		},
		"a proxy": {
			services: []sync.Service{proxy("envoy-loadbalancer-out-shop", 9094, "lb.example.com")},
			want:     "any-broker lb.example.com:9094", ready: metav1.ConditionTrue,
		},
		"a proxy that is not seen": {
			before: []v1beta1.ListenerStatus{
				{Name: "any-broker", Address: "lb.example.com:29092"}, {Name: "broker-1", Address: "lb.example.com:19091"},
			},
			want: "any-broker lb.example.com:29092", ready: metav1.ConditionUnknown,
		},
		"a proxy of another listener": {
			services: []sync.Service{proxy("envoy-loadbalancer-in-shop", 9094, "lb.example.com")},
			ready:    metav1.ConditionFalse,
		},
		"the default of several": {
			listener: v1beta1.ExternalListenerConfig{Config: zones},
			services: []sync.Service{proxy("envoy-loadbalancer-out-az1-shop", 9094, "lb.example.com")},
			want:     "any-broker-az1 lb.example.com:9094", ready: metav1.ConditionTrue,
		},
		"several": {
			listener: v1beta1.ExternalListenerConfig{Config: zones}, mapped: []string{"az2", "az1", "az9"},
			services: []sync.Service{
				proxy("envoy-loadbalancer-out-az1-shop", 9094, "lb.example.com"),
				proxy("envoy-loadbalancer-out-az2-shop", 9095, ""),
			},
			want: "any-broker-az1 lb.example.com:9094, any-broker-az2 two.example.com:9095", ready: metav1.ConditionTrue,
		},
		"Contour": {
			listener: v1beta1.ExternalListenerConfig{
				AccessMethod: corev1.ServiceTypeClusterIP, ExternalStartingPort: -1, AnyCastPort: new(int32(8443)),
				IngressServiceSettings: v1beta1.IngressServiceSettings{HostnameOverride: "kafka.example.com"},
			},
			contour: true, services: []sync.Service{proxy("contour-svc-out-shop", 8443, "")},
			want: "any-broker kafka.example.com:8443", ready: metav1.ConditionTrue,
		},
		"Contour, and no proxy": {
			listener: v1beta1.ExternalListenerConfig{AccessMethod: corev1.ServiceTypeClusterIP, ExternalStartingPort: -1},
			contour:  true, ready: metav1.ConditionUnknown,
		},
		"node ports": {
			listener: v1beta1.ExternalListenerConfig{AccessMethod: corev1.ServiceTypeNodePort}, ready: metav1.ConditionFalse,
		},
	} {
		t.Run(name, func(t *testing.T) {
			parent := &v1beta1.KafkaCluster{}
			parent.Name = "shop"
			if c.contour {
				parent.Spec.IngressController, parent.Spec.ContourIngressConfig = v1beta1.IngressContour, fqdn
			}
			listener := c.listener
			listener.Name = "out"
			if listener.ExternalStartingPort == 0 {
				listener.ExternalStartingPort = 19090
			}
			parent.Spec.ListenersConfig.ExternalListeners = []v1beta1.ExternalListenerConfig{listener}
			parent.Status.ListenerStatuses.ExternalListeners = map[string][]v1beta1.ListenerStatus{"out": c.before}
			broker := &v1beta1.ResolvedBroker{}
			broker.ID, broker.BrokerIngressMapping = 1, c.mapped

			s := Settle(parent, c.services, []Broker{{ResolvedBroker: broker}})
			var got []string
			for _, status := range s.AnyBroker["out"] {
				got = append(got, status.Name+" "+status.Address)
			}
			if diff := cmp.Diff(c.want, strings.Join(got, ", ")); diff != "" {
				t.Errorf("any broker (-want +got):\n%s", diff)
			}
			if ready := s.Ready(); ready.Status != c.ready {
				t.Errorf("it is %s, not %s: %s", ready.Status, c.ready, ready.Message)
			}
		})
	}
}
