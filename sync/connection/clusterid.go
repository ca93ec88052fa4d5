package connection

import (
	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
)

// envClusterID is how a Koperator CR sets the cluster id.
const envClusterID = "CLUSTER_ID"

// ClusterID is the KRaft cluster id: what the status already holds, else the one that the CR sets as CLUSTER_ID in
// spec.envs, else one that is made of the parent's UID. With ZooKeeper it is not ours to choose, and empty.
func ClusterID(of *v1beta1.KafkaCluster, identity sync.Parent) string {
	if !of.Spec.KRaft {
		return ""
	}
	if id := of.Status.ClusterID; id != "" {
		return id
	}
	for _, env := range of.Spec.Envs {
		if env.Name == envClusterID && env.Value != "" {
			return env.Value
		}
	}
	return children.ClusterID(identity.UID, identity.Namespace+identity.Name)
}
