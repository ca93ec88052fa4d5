package placing

import (
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/podphase"
)

// Broker is one broker as far as its node is concerned.
type Broker struct {
	// Name is the broker in messages.
	Name   string
	Pods   []*sync.Pod
	Claims []*sync.PersistentVolumeClaim
	// LetGo says that its Pod goes now, and Returns that it gets another one when it has none.
	LetGo, Returns bool
}

// Before names the first of the others that is to have its node before the new broker of these claims asks for one;
// empty when there is none, and for a broker that is not new. One that Kubernetes finds no node for, or whose Pod does
// not end, is not waited for: nobody knows how long that takes.
func Before(claims []*sync.PersistentVolumeClaim, others []Broker, now time.Time) string {
	if bound(claims) {
		return ""
	}
	for i := range others {
		if other := &others[i]; bound(other.Claims) && other.looks(now) {
			return other.Name
		}
	}
	return ""
}

// looks says that a broker has no node now, or has none soon, and is to get one.
func (b *Broker) looks(now time.Time) bool {
	switch where, _ := podphase.Of(b.Pods); where {
	case podphase.Missing:
		return b.Returns
	case podphase.Terminating:
		return b.Returns && podphase.Unheard(b.Pods, now) == ""
	case podphase.Starting:
		return b.LetGo || !b.Pods[0].Scheduled()
	case podphase.Failed, podphase.Stuck, podphase.Ready, podphase.Silent, podphase.Doubled:
	}
	return b.LetGo
}

// bound says that a volume stands behind one of the claims.
func bound(claims []*sync.PersistentVolumeClaim) bool {
	return slices.ContainsFunc(claims, func(claim *sync.PersistentVolumeClaim) bool {
		return claim.Status.Phase == corev1.ClaimBound
	})
}
