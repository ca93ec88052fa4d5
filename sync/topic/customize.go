package topic

import (
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
)

// Customize asks for the KafkaCluster and its administrator's credentials, and for the claims of the topic in all
// namespaces.
func (Hook) Customize(request sync.CustomizeRequest) (sync.CustomizeResponse, error) {
	object, err := readParent(request.Parent)
	if err != nil {
		return sync.CustomizeResponse{}, err
	}
	o := Observed{}
	o.topic.ObjectMeta = object.ObjectMeta()
	object.ReadSpec(&o.topic.Spec) // mistakes are reported by sync; what can be read says what is needed
	if o.topic.Spec.ClusterRef.Name == "" || o.topic.Spec.Name == "" {
		return sync.CustomizeResponse{RelatedResources: []sync.RelatedResource{}}, nil
	}
	return sync.CustomizeResponse{RelatedResources: append(reference(&o.topic).Related(), sync.RelatedResource{
		APIVersion: "v1", Resource: "configmaps",
		Names: []string{children.TopicClaimName(o.clusterName(), o.topic.Spec.Name)},
	})}, nil
}
