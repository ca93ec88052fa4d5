package children

import (
	"cmp"

	"github.com/kompositor/kompositor/sync"
)

// PersistentVolumeClaim is the claim behind one disk of a broker. The volume must have a ClaimSpec.
func PersistentVolumeClaim(c *Cluster, b *Broker, v *Volume) sync.Child {
	labels := BrokerLabels(c.Parent.Name, b.ID)
	labels[ClaimRolesLabel] = cmp.Or(joinedRoles(b), "broker")
	return child(coreV1, "PersistentVolumeClaim",
		c.meta(v.Claim, labels, map[string]string{MountPathAnnotation: v.MountPath}), v.ClaimSpec)
}
