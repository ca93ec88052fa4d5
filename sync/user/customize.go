package user

import (
	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/connection"
	"github.com/kompositor/kompositor/sync/parent"
)

// Customize asks for the KafkaCluster that the user belongs to, the copy of its administrator's credentials, and the
// user's own Secret.
func (Hook) Customize(request sync.CustomizeRequest) (sync.CustomizeResponse, error) {
	object, err := parent.Read(request.Parent, v1alpha1.GroupVersion().WithKind(kind))
	if err != nil {
		return sync.CustomizeResponse{}, err
	}
	var spec v1alpha1.KafkaUserSpec
	object.ReadSpec(&spec) // mistakes are reported by sync; what can be read says what is needed
	related := connection.ReferenceOf(spec.ClusterRef, object.Namespace).Related()
	if spec.SecretName != "" {
		related = append(related, sync.RelatedResource{
			APIVersion: "v1", Resource: "secrets", Namespace: object.Namespace, Names: []string{spec.SecretName},
		})
	}
	if related == nil {
		related = []sync.RelatedResource{}
	}
	return sync.CustomizeResponse{RelatedResources: related}, nil
}
