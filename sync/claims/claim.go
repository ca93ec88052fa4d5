package claims

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/kompositor/kompositor/sync"
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

// grown is an observed claim's spec with as much more storage as the CR asks for, and a remark on what stands in the
// way. The API server allows no other change, and that one only once the claim is bound. Source: Kubernetes,
// ValidatePersistentVolumeClaimUpdate.
func grown(
	claim *sync.PersistentVolumeClaim,
	want *corev1.PersistentVolumeClaimSpec,
) (*corev1.PersistentVolumeClaimSpec, string) {
	spec := &corev1.PersistentVolumeClaimSpec{
		AccessModes: claim.Spec.AccessModes, StorageClassName: claim.Spec.StorageClassName, VolumeMode: claim.Spec.VolumeMode,
		Selector: claim.Spec.Selector, DataSource: claim.Spec.DataSource,
		Resources: corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{}, Limits: claim.Spec.Resources.Limits},
	}
	has, asked := claim.Spec.Resources.Requests[corev1.ResourceStorage], want.Resources.Requests[corev1.ResourceStorage]
	spec.Resources.Requests[corev1.ResourceStorage] = has
	switch comparison := asked.Cmp(has); {
	case comparison < 0:
		return spec, fmt.Sprintf(
			"claim %s keeps its %s: a volume can not shrink to %s",
			claim.Name,
			has.String(),
			asked.String(),
		)
	case comparison > 0 && claim.Status.Phase != corev1.ClaimBound:
		return spec, fmt.Sprintf("claim %s grows to %s once it is bound", claim.Name, asked.String())
	}
	spec.Resources.Requests[corev1.ResourceStorage] = asked
	return spec, resizing(claim)
}

// resizing says how far the expansion of a volume is, in Kubernetes' words.
func resizing(claim *sync.PersistentVolumeClaim) string {
	for _, condition := range claim.Status.Conditions {
		if condition.Status != corev1.ConditionTrue {
			continue
		}
		switch condition.Type {
		case corev1.PersistentVolumeClaimResizing, corev1.PersistentVolumeClaimFileSystemResizePending:
			return fmt.Sprintf("claim %s is being resized (%s)", claim.Name, condition.Type)
		}
	}
	return ""
}
