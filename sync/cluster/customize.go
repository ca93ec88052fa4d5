package cluster

import (
	"slices"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/specs"
)

// Customize asks for exactly the Secrets that the spec names, and for Nodes only when rack awareness is on, and then
// only for those that carry the labels a rack is made of: each change of a related Node calls this hook again.
func (Hook) Customize(request sync.CustomizeRequest) (sync.CustomizeResponse, error) {
	parent, err := readParent(request.Parent)
	if err != nil {
		return sync.CustomizeResponse{}, err
	}
	o := Observed{}
	o.parent.Name = parent.Name
	_ = specs.Read(parent.Spec, &o.parent.Spec) // mistakes are reported by sync; what can be read says what is needed
	related := []sync.RelatedResource{}
	if names := secretNames(&o.parent); len(names) > 0 {
		related = append(related, sync.RelatedResource{
			APIVersion: "v1", Resource: "secrets", Namespace: parent.Namespace, Names: names,
		})
	}
	if rack := o.parent.Spec.RackAwareness; rack != nil && len(rack.Labels) > 0 {
		related = append(
			related,
			sync.RelatedResource{APIVersion: "v1", Resource: "nodes", LabelSelector: exists(rack.Labels)},
		)
	}
	return sync.CustomizeResponse{RelatedResources: related}, nil
}

func exists(keys []string) *sync.LabelSelector {
	selector := &sync.LabelSelector{}
	for _, key := range slices.Sorted(slices.Values(keys)) {
		selector.MatchExpressions = append(selector.MatchExpressions, sync.LabelExpression{Key: key, Operator: "Exists"})
	}
	return selector
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
