package operation

import (
	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/parent"
)

// Customize asks for the KafkaCluster with its administrator's credentials, which may hold a login for Cruise Control,
// and for all operations of the cluster: they share one queue. Which cluster that is says a label, and Metacontroller
// asks again only when the spec changes: the label is to be there when the operation is made.
func (Hook) Customize(request sync.CustomizeRequest) (sync.CustomizeResponse, error) {
	object, err := parent.Read(request.Parent, v1alpha1.GroupVersion().WithKind(kind))
	if err != nil {
		return sync.CustomizeResponse{}, err
	}
	ref := referenceOf(object)
	if ref.Name == "" {
		return sync.CustomizeResponse{RelatedResources: []sync.RelatedResource{}}, nil
	}
	return sync.CustomizeResponse{RelatedResources: append(ref.Related(), sync.RelatedResource{
		APIVersion: v1alpha1.GroupVersion().String(), Resource: "cruisecontroloperations", Namespace: ref.Namespace,
		LabelSelector: &sync.LabelSelector{MatchLabels: map[string]string{clusterLabel: ref.Name}},
	})}, nil
}
