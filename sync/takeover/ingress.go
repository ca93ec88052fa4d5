package takeover

import "github.com/kompositor/kompositor/sync"

// appLabel tells what an object of Koperator's is for.
const appLabel = "app"

// ingress says that an object leads clients from outside to the brokers. Source: Koperator, pkg/resources/envoy and
// contouringress.
func ingress(m *sync.Meta) bool {
	app := m.Labels[appLabel]
	return app == "envoyingress" || app == "contouringress"
}

// Ingress lists the ingress that Koperator has made, unchanged: nothing of it is drawn here, and clients come in by it.
func Ingress(observed *sync.Children) []sync.Child {
	var kept []sync.Child
	for i := range observed.ConfigMaps {
		if config := &observed.ConfigMaps[i]; ingress(&config.Meta) {
			kept = append(kept, config.Frozen())
		}
	}
	for i := range observed.Services {
		if service := &observed.Services[i]; ingress(&service.Meta) {
			kept = append(kept, service.Frozen())
		}
	}
	for i := range observed.PodDisruptionBudgets {
		if budget := &observed.PodDisruptionBudgets[i]; ingress(&budget.Meta) {
			kept = append(kept, budget.Frozen())
		}
	}
	for i := range observed.Deployments {
		if deployment := &observed.Deployments[i]; ingress(&deployment.Meta) {
			kept = append(kept, deployment.Frozen())
		}
	}
	return kept
}
