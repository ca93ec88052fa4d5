package claims

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kompositor/kompositor/sync"
)

// onlineGrace is how long kubelet has to grow a file system that is mounted: where the driver can do that, it takes
// kubelet some seconds, and the claim has the same condition meanwhile.
const onlineGrace = 2 * time.Minute

// asItIs is an observed claim's spec. The API server allows no change of it but more storage and, once it is bound,
// another class of volume attributes; what is left out was taken away, where it was ours. Source: Kubernetes,
// ValidatePersistentVolumeClaimUpdate.
func asItIs(claim *sync.PersistentVolumeClaim) *corev1.PersistentVolumeClaimSpec {
	spec := &corev1.PersistentVolumeClaimSpec{
		AccessModes: claim.Spec.AccessModes, StorageClassName: claim.Spec.StorageClassName, VolumeMode: claim.Spec.VolumeMode,
		Selector: claim.Spec.Selector, DataSource: claim.Spec.DataSource, DataSourceRef: claim.Spec.DataSourceRef,
		VolumeAttributesClassName: claim.Spec.VolumeAttributesClassName,
		Resources: corev1.VolumeResourceRequirements{
			Requests: corev1.ResourceList{corev1.ResourceStorage: *claim.Spec.Resources.Requests.Storage()},
			Limits:   claim.Spec.Resources.Limits,
		},
	}
	if !claim.VolumeChosen() {
		spec.VolumeName = claim.Spec.VolumeName
	}
	return spec
}

// grown is an observed claim's spec with as much more storage as the CR asks for, where it can have it.
func (s *Settled) grown(
	claim *sync.PersistentVolumeClaim, asked *resource.Quantity, classes []sync.StorageClass,
) *corev1.PersistentVolumeClaimSpec {
	spec, has := asItIs(claim), claim.Spec.Resources.Requests.Storage()
	switch comparison := asked.Cmp(*has); {
	case comparison < 0:
		s.Larger = append(s.Larger, fmt.Sprintf("claim %s keeps its %s: a volume can not shrink to %s; ask for %s",
			claim.Name, has, asked, has))
	case comparison == 0:
		s.resizing(claim)
	case claim.Status.Phase != corev1.ClaimBound:
		s.grow("claim %s grows to %s once it is bound", claim.Name, asked)
	case fixed(claim, classes) != "":
		s.refuse("claim %s keeps its %s and does not grow to %s: %s", claim.Name, has, asked, fixed(claim, classes))
	default:
		s.grow("claim %s grows to %s", claim.Name, asked)
		spec.Resources.Requests[corev1.ResourceStorage] = *asked
	}
	return spec
}

// fixed says why a bound claim can not grow, as far as that is known. Source: Kubernetes, the admission plugin
// PersistentVolumeClaimResize.
func fixed(claim *sync.PersistentVolumeClaim, classes []sync.StorageClass) string {
	name := classOf(claim)
	if name == "" {
		return "it has no storage class, and Kubernetes lets only volumes of one grow; give the disk another mountPath " +
			"and a class that does"
	}
	at := slices.IndexFunc(classes, func(c sync.StorageClass) bool { return c.Name == name })
	if at < 0 || classes[at].Expands {
		return ""
	}
	return fmt.Sprintf("its storage class %s does not allow it; set allowVolumeExpansion there if the driver can do it, "+
		"or give the disk another mountPath and a class that does", name)
}

// classOf is the storage class of a claim; empty when it has none. The annotation is older than the field, and wins.
// Source: Kubernetes, GetPersistentVolumeClaimClass.
func classOf(claim *sync.PersistentVolumeClaim) string {
	if class, has := claim.Annotations.Values[corev1.BetaStorageClassAnnotation]; has {
		return class
	}
	if claim.Spec.StorageClassName == nil {
		return ""
	}
	return *claim.Spec.StorageClassName
}

// Growing names the storage classes of the bound claims that are to grow, ascending: whether they can, a class tells.
func Growing(s *Situation) []string {
	var classes []string
	for i := range s.Broker.StorageConfigs {
		want := s.Broker.StorageConfigs[i].PVCSpec
		for _, claim := range s.Claims {
			at := path.Clean(s.Broker.StorageConfigs[i].MountPath)
			if want == nil || path.Clean(claim.Annotations.Values[MountPath]) != at {
				continue
			}
			grows := want.Resources.Requests.Storage().Cmp(*claim.Spec.Resources.Requests.Storage()) > 0
			if name := classOf(claim); grows && name != "" {
				classes = append(classes, name)
			}
		}
	}
	return classes
}

// resizing tells how far the expansion of a volume is, in Kubernetes' words.
func (s *Settled) resizing(claim *sync.PersistentVolumeClaim) {
	asked := claim.Spec.Resources.Requests.Storage()
	for _, condition := range claim.Status.Conditions {
		if condition.Status != corev1.ConditionTrue {
			continue
		}
		switch condition.Type {
		case corev1.PersistentVolumeClaimControllerResizeError, corev1.PersistentVolumeClaimNodeResizeError:
			s.refuse("claim %s can not be grown to %s (%s): %s", claim.Name, asked, condition.Type,
				cmp.Or(condition.Message, "the driver does not say why"))
		case corev1.PersistentVolumeClaimResizing:
			s.grow("claim %s is being resized to %s (%s)", claim.Name, asked, condition.Type)
		case corev1.PersistentVolumeClaimFileSystemResizePending:
			s.grow("the file system on claim %s is still to grow to %s (%s)", claim.Name, asked, condition.Type)
		default:
			continue
		}
		return
	}
	if has := claim.Status.Capacity.Storage(); !has.IsZero() && has.Cmp(*asked) < 0 {
		s.grow("claim %s has %s and is to be resized to %s", claim.Name, has, asked)
	}
}

// AwaitsRestart says which volume has grown and gets its file system grown only when the broker's Pod starts; empty
// when none does. It waits until kubelet has had the time to do it in the running Pod, and a Pod that has started since
// is not restarted again. The zero time stands for any time to come.
func AwaitsRestart(claims []*sync.PersistentVolumeClaim, pod *sync.Pod, now time.Time) string {
	for _, claim := range claims {
		for _, condition := range claim.Status.Conditions {
			if condition.Type != corev1.PersistentVolumeClaimFileSystemResizePending ||
				condition.Status != corev1.ConditionTrue || claim.Terminating() || !pod.Mounts(claim.Name) {
				continue
			}
			since, err := time.Parse(time.RFC3339, condition.LastTransitionTime)
			started, alsoErr := time.Parse(time.RFC3339, pod.CreationTimestamp)
			if err != nil || alsoErr != nil || started.After(since) || !now.IsZero() && now.Sub(since) < onlineGrace {
				continue
			}
			return fmt.Sprintf("the file system on claim %s grows only when its Pod starts (%s)", claim.Name, condition.Type)
		}
	}
	return ""
}
