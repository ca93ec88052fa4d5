package v1beta1

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// checkExternalPorts follows the rules of Koperator's webhook, but lets pass what its documentation offers and the
// webhook refuses by accident: -1 and 0 for brokers with small ids.
func (v *validator) checkExternalPorts(at *field.Path) {
	for i := range v.spec.ListenersConfig.ExternalListeners {
		l := &v.spec.ListenersConfig.ExternalListeners[i]
		if l.Access() == corev1.ServiceTypeNodePort && strings.Contains(l.Name, "_") {
			v.invalid(at.Index(i).Child("name"), l.Name, "names a Service with accessMethod NodePort: write - instead of _")
		}
		v.checkStartingPort(at.Index(i).Child("externalStartingPort"), l)
		v.checkTargetPort(at.Index(i).Child("ingressControllerTargetPort"), l)
		v.checkIngresses(at.Index(i).Child("config"), l.Config)
	}
}

func (v *validator) checkStartingPort(at *field.Path, l *ExternalListenerConfig) {
	start, ports := l.ExternalStartingPort, l.Access() == corev1.ServiceTypeNodePort
	switch {
	case start < -1 || start > maxPort:
		v.invalid(at, start, "must be between -1 and %d", maxPort)
		return
	case l.IngressTLS(), start == 0 && ports:
		return
	}
	if ids := v.idsWhere(func(id int32) bool { return !validPort(start + id) }); ids != "" {
		v.invalid(at, start, "plus the broker id must be between 1 and %d: it is not for brokers %s", maxPort, ids)
	}
	taken := []int32{l.IngressTargetPort()}
	what := "the listener's ingressControllerTargetPort"
	if v.spec.Ingress() == IngressEnvoy {
		taken = append(taken, v.spec.EnvoyConfig.Admin(), v.spec.EnvoyConfig.HealthCheck())
		what += ", or Envoy's adminPort or healthCheckPort"
	}
	if ids := v.idsWhere(func(id int32) bool { return slices.Contains(taken, start+id) }); ids != "" {
		v.invalid(at, start, "plus the broker id must not be %s (%v): it is for brokers %s", what, taken, ids)
	}
}

func (v *validator) checkTargetPort(at *field.Path, l *ExternalListenerConfig) {
	if v.spec.Ingress() != IngressEnvoy || l.Access() != corev1.ServiceTypeLoadBalancer {
		return
	}
	switch port := l.IngressTargetPort(); port {
	case v.spec.EnvoyConfig.Admin():
		v.invalid(at, port, "is Envoy's adminPort: choose another")
	case v.spec.EnvoyConfig.HealthCheck():
		v.invalid(at, port, "is Envoy's healthCheckPort: choose another")
	}
}

func (v *validator) checkIngresses(at *field.Path, config *Config) {
	if config == nil || len(config.IngressConfig) == 0 {
		return
	}
	names := slices.Sorted(maps.Keys(config.IngressConfig))
	if _, ok := config.IngressConfig[config.DefaultIngressConfig]; !ok && config.DefaultIngressConfig != "" {
		v.invalid(at.Child("defaultIngressConfig"), config.DefaultIngressConfig,
			"no such entry in ingressConfig: use one of %s", strings.Join(names, ", "))
	}
	for _, name := range names {
		if envoy := config.IngressConfig[name].EnvoyConfig; envoy != nil {
			v.checkEnvoy(at.Child("ingressConfig").Key(name).Child("envoyConfig"), envoy)
		}
	}
}

func (v *validator) checkEnvoy(at *field.Path, c *EnvoyConfig) {
	if v.spec.Ingress() == IngressEnvoy && c.Admin() == c.HealthCheck() {
		v.invalid(at.Child("adminPort"), c.Admin(), "is the healthCheckPort too: change one of the two")
	}
}
