package apiserver

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// defaultDeployment writes what the API server writes into a Deployment. Source: Kubernetes,
// pkg/apis/apps/v1/defaults.go.
func defaultDeployment(deployment *appsv1.Deployment) {
	spec := &deployment.Spec
	orPointer(&spec.Replicas, 1)
	orPointer(&spec.RevisionHistoryLimit, 10)
	orPointer(&spec.ProgressDeadlineSeconds, 600)
	orDefault(&spec.Strategy.Type, appsv1.RollingUpdateDeploymentStrategyType)
	if spec.Strategy.Type == appsv1.RollingUpdateDeploymentStrategyType {
		orPointer(&spec.Strategy.RollingUpdate, appsv1.RollingUpdateDeployment{})
		orPointer(&spec.Strategy.RollingUpdate.MaxUnavailable, intstr.FromString("25%"))
		orPointer(&spec.Strategy.RollingUpdate.MaxSurge, intstr.FromString("25%"))
	}
	template := &corev1.Pod{Spec: spec.Template.Spec}
	defaultPod(template)
	spec.Template.Spec = template.Spec
}

func admitDeployment(_ *Server, key Key, o Object) error {
	spec := Map(o, "spec")
	if String(spec, "strategy", "type") != string(appsv1.RollingUpdateDeploymentStrategyType) &&
		Map(spec, "strategy", "rollingUpdate") != nil {
		return invalid(key, "spec.strategy.rollingUpdate", "it belongs to strategy RollingUpdate alone")
	}
	selected := Map(spec, "selector", "matchLabels")
	for name, value := range selected {
		if String(spec, "template", "metadata", "labels", name) != value {
			return invalid(key, "spec.template.metadata.labels", "selector does not match template labels")
		}
	}
	if len(selected) == 0 {
		return invalid(key, "spec.selector", "empty selector is invalid for deployment")
	}
	return nil
}

func validateDeploymentUpdate(s *Server, old, updated Object) error {
	if !equal(Map(old, "spec"), Map(updated, "spec"), "selector") {
		return invalid(KeyOf(updated), "spec.selector", "field is immutable")
	}
	return admitDeployment(s, KeyOf(updated), updated)
}
