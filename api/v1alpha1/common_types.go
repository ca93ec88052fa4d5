package v1alpha1

// ClusterReference names the KafkaCluster that a topic or user belongs to.
type ClusterReference struct {
	// Name of the KafkaCluster.
	// +required
	Name string `json:"name"`
	// Namespace of the KafkaCluster; default is the namespace of the referring resource.
	Namespace string `json:"namespace,omitempty"`
}

// NamespaceOr is the namespace of the KafkaCluster for a referring resource in the given namespace.
func (r ClusterReference) NamespaceOr(own string) string {
	if r.Namespace == "" {
		return own
	}
	return r.Namespace
}
