package claims

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
)

// MountPath is the annotation of a claim that tells its log directory. It is Koperator's.
const MountPath = "mountPath"

// Settled is what is decided for one broker.
type Settled struct {
	Volumes []children.Volume
	// Unclear says that a claim is there of which is not known what it holds: then no new one may be made.
	Unclear bool
	// Notes are remarks on what does not become as it is asked for.
	Notes []string
}

// note adds a remark.
func (s *Settled) note(format string, args ...any) {
	s.Notes = append(s.Notes, fmt.Sprintf(format, args...))
}

// Settle decides which volumes a broker has and what its claims are to look like. A claim is known by its mount path,
// whatever it is called; it keeps its name, class and mode for life, and only ever grows. A claim whose mount path the
// spec no longer lists stays, and so does its log directory.
func Settle(
	cluster string, b *v1beta1.ResolvedBroker, listed bool, observed []*sync.PersistentVolumeClaim,
) Settled {
	var settled Settled
	taken, byPath := settled.sort(observed)
	paths := make(map[string]bool)
	for i := range b.StorageConfigs {
		storage := &b.StorageConfigs[i]
		paths[storage.MountPath] = true
		volume := children.Volume{MountPath: storage.MountPath}
		switch claim := byPath[storage.MountPath]; {
		case claim != nil:
			volume.Claim, volume.ClaimSpec = claim.Name, settled.kept(claim, storage)
		case storage.PVCSpec != nil:
			volume.Claim, volume.ClaimSpec = freeName(cluster, b.ID, taken), canonical(storage.PVCSpec)
			taken[volume.Claim] = true
		case storage.EmptyDir != nil:
			volume.EmptyDir = storage.EmptyDir
		default:
			volume.EmptyDir = &corev1.EmptyDirVolumeSource{}
		}
		settled.Volumes = append(settled.Volumes, volume)
	}
	for _, claim := range observed {
		path := claim.Annotations.Values[MountPath]
		if path == "" || paths[path] || byPath[path] != claim {
			continue
		}
		if listed {
			settled.note("the log directory on %s is kept: that it is empty can not be proven yet", path)
		}
		spec, _ := grown(claim, &claim.Spec)
		settled.Volumes = append(settled.Volumes, children.Volume{MountPath: path, Claim: claim.Name, ClaimSpec: spec})
	}
	return settled
}

// sort finds out which names are taken, and which claim holds which path.
func (s *Settled) sort(
	observed []*sync.PersistentVolumeClaim,
) (taken map[string]bool, byPath map[string]*sync.PersistentVolumeClaim) {
	taken = make(map[string]bool, len(observed))
	byPath = make(map[string]*sync.PersistentVolumeClaim, len(observed))
	for _, claim := range observed {
		taken[claim.Name] = true
		path := claim.Annotations.Values[MountPath]
		switch {
		case claim.Terminating():
		case path == "":
			s.Unclear = true
			s.note("claim %s lacks the annotation %s, so which log directory it holds is not known: annotate it",
				claim.Name, MountPath)
		case byPath[path] == nil:
			byPath[path] = claim
		}
	}
	return taken, byPath
}

// kept is the spec of a claim that is there, for the disk that the CR has at its path.
func (s *Settled) kept(
	claim *sync.PersistentVolumeClaim, storage *v1beta1.StorageConfig,
) *corev1.PersistentVolumeClaimSpec {
	want := storage.PVCSpec
	if want == nil {
		s.note("claim %s stays at %s: an emptyDir can not take the place of a disk that has data",
			claim.Name, storage.MountPath)
		want = &claim.Spec
	}
	spec, note := grown(claim, want)
	if note != "" {
		s.Notes = append(s.Notes, note)
	}
	return spec
}
