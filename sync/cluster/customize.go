package cluster

import (
	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
)

// Customize asks for exactly the Secrets that Pods mount; the administrator's own is among them; and, where the cluster
// has a Cruise Control of its own, for the operations of the cluster: those of its users are no children, and what they
// execute is not to be aborted by a restart (docs/adr/0025). Nodes are never related, not even for rack awareness: a
// label selects all Nodes of a large cluster, and each change of one would call this hook again (docs/adr/0018).
func (Hook) Customize(request sync.CustomizeRequest) (sync.CustomizeResponse, error) {
	object, err := readParent(request.Parent)
	if err != nil {
		return sync.CustomizeResponse{}, err
	}
	o := Observed{}
	o.parent.Name = object.Name
	object.ReadSpec(&o.parent.Spec) // mistakes are reported by sync; what can be read says what is needed
	var names []string
	for _, secret := range children.MountedSecrets(&o.parent) {
		names = append(names, secret.Name)
	}
	related := []sync.RelatedResource{}
	if len(names) > 0 {
		related = append(related, sync.RelatedResource{
			APIVersion: "v1", Resource: "secrets", Namespace: object.Namespace, Names: names,
		})
	}
	if o.parent.Spec.CruiseControlConfig.CruiseControlEndpoint == "" {
		related = append(related, sync.RelatedResource{
			APIVersion: v1alpha1.GroupVersion().String(), Resource: "cruisecontroloperations", Namespace: object.Namespace,
			LabelSelector: &sync.LabelSelector{MatchLabels: map[string]string{children.ClusterLabel: object.Name}},
		})
	}
	return sync.CustomizeResponse{RelatedResources: related}, nil
}
