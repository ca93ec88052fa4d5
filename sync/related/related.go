package related

import (
	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
)

// Of asks for exactly the Secrets that Pods mount; the administrator's own is among them; and, where the cluster has a
// Cruise Control of its own, for the operations of the cluster: those of its users are no children, and what they
// execute is not to be aborted by a restart (docs/adr/0025).
func Of(namespace string, cluster *v1beta1.KafkaCluster) []sync.RelatedResource {
	var names []string
	for _, secret := range children.MountedSecrets(cluster) {
		names = append(names, secret.Name)
	}
	related := []sync.RelatedResource{}
	if len(names) > 0 {
		related = append(related, sync.RelatedResource{
			APIVersion: "v1", Resource: "secrets", Namespace: namespace, Names: names,
		})
	}
	if cluster.Spec.CruiseControlConfig.CruiseControlEndpoint == "" {
		related = append(related, sync.RelatedResource{
			APIVersion: v1alpha1.GroupVersion().String(), Resource: "cruisecontroloperations", Namespace: namespace,
			LabelSelector: &sync.LabelSelector{MatchLabels: map[string]string{children.ClusterLabel: cluster.Name}},
		})
	}
	return related
}
