package cluster

import (
	"slices"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
)

// Customize asks for exactly the Secrets that the spec names, and for Nodes only when rack awareness is on, and then
// only for those that carry the labels a rack is made of: each change of a related Node calls this hook again.
func (Hook) Customize(request sync.CustomizeRequest) (sync.CustomizeResponse, error) {
	parent, err := readParent(request.Parent)
	if err != nil {
		return sync.CustomizeResponse{}, err
	}
	o := Observed{}
	if !o.readSpec(parent.Spec) {
		// The mistake is reported by sync; here nothing can be asked for.
		return sync.CustomizeResponse{RelatedResources: []sync.RelatedResource{}}, nil
	}
	related := []sync.RelatedResource{}
	if names := secretNames(&o.parent.Spec); len(names) > 0 {
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

// secretNames are the Secrets that the spec names and that we read, sorted, each once.
func secretNames(spec *v1beta1.KafkaClusterSpec) []string {
	var names []string
	add := func(name string) {
		if name != "" {
			names = append(names, name)
		}
	}
	listeners := &spec.ListenersConfig
	for i := range listeners.InternalListeners {
		add(listeners.InternalListeners[i].ServerSecretName())
	}
	for i := range listeners.ExternalListeners {
		add(listeners.ExternalListeners[i].ServerSecretName())
	}
	if listeners.SSLSecrets != nil {
		add(listeners.SSLSecrets.TLSSecretName)
	}
	add(spec.ClientSecretName())
	slices.Sort(names)
	return slices.Compact(names)
}
