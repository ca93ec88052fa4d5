package cluster

import (
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/related"
)

// Customize says which objects beside its children a call for a cluster must show. Nodes are never related, not even
// for rack awareness: a label selects all Nodes of a large cluster, and each change of one would call this hook again
// (docs/adr/0018).
func (Hook) Customize(request sync.CustomizeRequest) (sync.CustomizeResponse, error) {
	object, err := readParent(request.Parent)
	if err != nil {
		return sync.CustomizeResponse{}, err
	}
	o := Observed{}
	o.parent.Name = object.Name
	object.ReadSpec(&o.parent.Spec) // mistakes are reported by sync; what can be read says what is needed
	return sync.CustomizeResponse{RelatedResources: related.Of(object.Namespace, &o.parent)}, nil
}
