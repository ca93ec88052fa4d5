package cluster

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// clusterID is the KRaft cluster id: what the status already holds, else the one that the CR sets as CLUSTER_ID in
// spec.envs, else the 16 bytes of the parent's UID as Kafka writes a Uuid (base64url without padding). A function of
// the input, so that a lost answer or a second replica can not make another one.
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
	raw, err := hex.DecodeString(strings.ReplaceAll(o.identity.UID, "-", ""))
	if err != nil || len(raw) != uuidBytes {
		// Kubernetes promises no form of a UID. Any text of the input that is its own for life would do.
		raw = []byte(o.identity.UID + o.identity.Namespace + o.identity.Name + strings.Repeat("-", uuidBytes))[:uuidBytes]
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

const (
	uuidBytes = 16
	// envClusterID is how a Koperator CR sets the cluster id.
	envClusterID = "CLUSTER_ID"
)
