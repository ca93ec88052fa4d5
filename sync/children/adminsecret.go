package children

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/kompositor/kompositor/sync"
)

// secret is a child with confidential data.
type secret struct {
	APIVersion string                       `json:"apiVersion"`
	Kind       string                       `json:"kind"`
	Metadata   metadata                     `json:"metadata"`
	Type       corev1.SecretType            `json:"type"`
	Data       map[string]sync.Confidential `json:"data"`
}

// AdminSecret is the Secret with the administrator's credentials under a name that follows from the cluster's alone
// (docs/adr/0019).
func AdminSecret(c *Cluster, data map[string]sync.Confidential) sync.Child {
	meta := c.meta(AdminSecretName(c.Parent.Name), ClusterLabels(c.Parent.Name), map[string]string{})
	return sync.Child{
		APIVersion: coreV1, Kind: "Secret", Name: meta.Name,
		Object: &secret{APIVersion: coreV1, Kind: "Secret", Metadata: meta, Type: corev1.SecretTypeOpaque, Data: data},
	}
}
