package cluster

import "github.com/kompositor/kompositor/sync/children"

// clusterID is the KRaft cluster id: what the status already holds, else the one that the CR sets as CLUSTER_ID in
// spec.envs, else one that is made of the parent's UID.
func (o *Observed) clusterID() string {
	if !o.parent.Spec.KRaft {
		return ""
	}
	if id := o.parent.Status.ClusterID; id != "" {
		return id
	}
	for _, env := range o.parent.Spec.Envs {
		if env.Name == envClusterID && env.Value != "" {
			return env.Value
		}
	}
	return children.ClusterID(o.identity.UID, o.identity.Namespace+o.identity.Name)
}

// envClusterID is how a Koperator CR sets the cluster id.
const envClusterID = "CLUSTER_ID"
