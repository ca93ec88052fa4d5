package claims

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/kompositor/kompositor/sync/children"
)

// freeName is the first name of a broker's claims that no claim has, one being deleted included.
func freeName(cluster string, id int32, taken map[string]bool) string {
	for n := 0; ; n++ {
		if name := children.ClaimName(cluster, id, n); !taken[name] {
			return name
		}
	}
}

// canonical is the user's claim with the defaults that the API server would set, so that it reads back equal.
func canonical(spec *corev1.PersistentVolumeClaimSpec) *corev1.PersistentVolumeClaimSpec {
	claim := spec.DeepCopy()
	if claim.VolumeMode == nil {
		mode := corev1.PersistentVolumeFilesystem
		claim.VolumeMode = &mode
	}
	return claim
}
