package cluster

import (
	"slices"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
)

// Customize asks for exactly the Secrets that the spec names. Nodes are never related, not even for rack awareness: a
// label selects all Nodes of a large cluster, and each change of one would call this hook again (docs/adr/0018).
func (Hook) Customize(request sync.CustomizeRequest) (sync.CustomizeResponse, error) {
	object, err := readParent(request.Parent)
	if err != nil {
		return sync.CustomizeResponse{}, err
	}
	o := Observed{}
	o.parent.Name = object.Name
	o.readSpec(object) // mistakes are reported by sync; what can be read says what is needed
	related := []sync.RelatedResource{}
	if names := secretNames(&o.parent); len(names) > 0 {
		related = append(related, sync.RelatedResource{
			APIVersion: "v1", Resource: "secrets", Namespace: object.Namespace, Names: names,
		})
	}
	return sync.CustomizeResponse{RelatedResources: related}, nil
}

// secretNames are the Secrets that decisions look at, sorted, each once: the keystores that Pods mount, and the
// administrator's own certificate.
func secretNames(parent *v1beta1.KafkaCluster) []string {
	names := keystoreSecrets(parent)
	if own := parent.Spec.ClientSecretName(); own != "" {
		names = append(names, own)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
