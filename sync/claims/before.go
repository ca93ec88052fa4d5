package claims

import (
	"slices"
	"time"

	"github.com/kompositor/kompositor/sync"
)

// FromBefore says that one of these claims may hold what an earlier cluster left: it is older than the resource, its
// volume was chosen by a person, or how old they are is not known. Claims that were made for this resource do not:
// Kubernetes may have taken them and refused all else that was answered with them, the status too.
func FromBefore(claims []sync.PersistentVolumeClaim, resource time.Time) bool {
	return slices.ContainsFunc(claims, func(claim sync.PersistentVolumeClaim) bool {
		made, err := time.Parse(time.RFC3339, claim.CreationTimestamp)
		named := claim.Spec.VolumeName != "" && !claim.VolumeChosen()
		return err != nil || resource.IsZero() || made.Before(resource) || named
	})
}
