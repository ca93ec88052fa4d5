package claims

import (
	"cmp"
	"fmt"
	"path"
	"slices"

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
	// Unclear says of which claim is not known what it holds or whose it is, if there is one: then no new claim may be
	// made.
	Unclear string
	// Refused says what does not become as it is asked for, Growing which volumes are on the way to it, and Larger which
	// are larger.
	Refused, Growing, Larger []string
}

// Made says that every claim that the broker's Pod mounts is among those observed, and not going away.
func (s Settled) Made(observed []*sync.PersistentVolumeClaim) bool {
	return !slices.ContainsFunc(s.Volumes, func(v children.Volume) bool {
		return v.Claim != "" && !slices.ContainsFunc(observed, func(claim *sync.PersistentVolumeClaim) bool {
			return claim.Name == v.Claim && !claim.Terminating()
		})
	})
}

func (s *Settled) refuse(format string, args ...any) {
	s.Refused = append(s.Refused, fmt.Sprintf(format, args...))
}

func (s *Settled) grow(format string, args ...any) {
	s.Growing = append(s.Growing, fmt.Sprintf(format, args...))
}

// Situation is what is known of one broker's volumes.
type Situation struct {
	// Cluster is the KafkaCluster's name.
	Cluster string
	Broker  *v1beta1.ResolvedBroker
	// Claims are those observed of the broker.
	Claims []*sync.PersistentVolumeClaim
	// Nobodys are the observed claims of which is not known whose they are, and Doubt says in a clause what may be this
	// broker's or another one's.
	Nobodys []*sync.PersistentVolumeClaim
	Doubt   string
	// LogDirs are those that the broker is configured with, in their order.
	LogDirs []string
	// Without are the claims whose log directory the broker is to do without.
	Without []*sync.PersistentVolumeClaim
	// Leaving are the claims whose log directory the spec no longer lists.
	Leaving []*sync.PersistentVolumeClaim
	// Classes are the storage classes that are known.
	Classes []sync.StorageClass
}

// Settle decides which volumes a broker has and what its claims are to look like. A claim is known by its mount path,
// whatever it is called; it keeps its name, class and mode for life, and only ever grows. A claim whose mount path the
// spec no longer lists stays, and so does its log directory, until the broker is to do without it.
func Settle(s *Situation) Settled {
	var settled Settled
	taken, byPath := settled.sort(s.Claims)
	settled.Unclear = cmp.Or(s.Doubt, settled.Unclear)
	for i := range s.Broker.StorageConfigs {
		storage := &s.Broker.StorageConfigs[i]
		volume := children.Volume{MountPath: storage.MountPath}
		switch claim := byPath[path.Clean(storage.MountPath)]; {
		case claim != nil && slices.Contains(s.Without, claim):
			settled.grow("claim %s, without which the broker runs already, goes before another one is made for %s",
				claim.Name, storage.MountPath)
			continue
		case claim != nil:
			volume.Claim, volume.ClaimSpec = claim.Name, settled.kept(claim, storage, s.Classes)
		case storage.PVCSpec != nil:
			volume.Claim, volume.ClaimSpec = freeName(s.Cluster, s.Broker.ID, taken), canonical(storage.PVCSpec)
			taken[volume.Claim], settled.Unclear = true, cmp.Or(settled.Unclear, s.lost(storage.MountPath))
		case storage.EmptyDir != nil:
			volume.EmptyDir = storage.EmptyDir
		default:
			volume.EmptyDir = &corev1.EmptyDirVolumeSource{}
		}
		settled.Volumes = append(settled.Volumes, volume)
	}
	for _, claim := range s.Leaving {
		at := claim.Annotations.Values[MountPath]
		listed := slices.ContainsFunc(settled.Volumes, func(v children.Volume) bool { return v.Claim == claim.Name })
		if other := byPath[path.Clean(at)]; listed || slices.Contains(s.Without, claim) || other != nil && other != claim {
			continue
		}
		settled.Volumes = append(settled.Volumes, children.Volume{
			MountPath: at, Claim: claim.Name, ClaimSpec: asItIs(claim),
		})
	}
	s.order(settled.Volumes)
	return settled
}

// lost names a claim of nobody's that may be the one that the broker lacks at a path; empty when there is none.
func (s *Situation) lost(at string) string {
	for _, claim := range s.Nobodys {
		if path.Clean(claim.Annotations.Values[MountPath]) == path.Clean(at) {
			return fmt.Sprintf("claim %s at %s has no label %s that tells whose it is: set it to the id of its broker",
				claim.Name, at, children.BrokerIDLabel)
		}
	}
	return ""
}

// order puts volumes into the order of the log directories that the broker is configured with, new ones last. With
// KRaft the first one holds the metadata log, and Kafka does not start when it finds that in another one. Source:
// Kafka, KafkaRaftServer.initializeLogDirs.
func (s *Situation) order(volumes []children.Volume) {
	place := func(v children.Volume) int {
		if at := slices.Index(s.LogDirs, children.LogDir(v.MountPath)); at >= 0 {
			return at
		}
		return len(s.LogDirs)
	}
	slices.SortStableFunc(volumes, func(a, b children.Volume) int { return cmp.Compare(place(a), place(b)) })
}

// sort finds out which names are taken, and which claim holds which path, however that is spelled.
func (s *Settled) sort(
	observed []*sync.PersistentVolumeClaim,
) (taken map[string]bool, byPath map[string]*sync.PersistentVolumeClaim) {
	taken = make(map[string]bool, len(observed))
	byPath = make(map[string]*sync.PersistentVolumeClaim, len(observed))
	for _, claim := range observed {
		taken[claim.Name] = true
		at := claim.Annotations.Values[MountPath]
		switch clean := path.Clean(at); {
		case claim.Terminating():
		case at == "":
			s.Unclear = fmt.Sprintf("claim %s lacks the annotation %s, so which log directory it holds is not known: "+
				"annotate it", claim.Name, MountPath)
		case byPath[clean] == nil:
			byPath[clean] = claim
		}
	}
	return taken, byPath
}

// kept is the spec of a claim that is there, for the disk that the CR has at its path.
func (s *Settled) kept(
	claim *sync.PersistentVolumeClaim, storage *v1beta1.StorageConfig, classes []sync.StorageClass,
) *corev1.PersistentVolumeClaimSpec {
	if storage.PVCSpec == nil {
		s.refuse("claim %s stays at %s: an emptyDir can not take the place of a disk that has data", claim.Name,
			storage.MountPath)
		return asItIs(claim)
	}
	s.unbound(claim, storage.PVCSpec)
	spec := s.grown(claim, storage.PVCSpec.Resources.Requests.Storage(), classes)
	asked, bound := storage.PVCSpec.VolumeAttributesClassName, claim.Status.Phase == corev1.ClaimBound
	if asked != nil && *asked != "" && bound { // none is no class to change to
		spec.VolumeAttributesClassName = asked
	}
	return spec
}

// unbound says that a claim which no volume was found for yet asks for something else than the CR does now. It can not
// be changed, and nothing is on it: whoever deletes it gets the one that is asked for.
func (s *Settled) unbound(claim *sync.PersistentVolumeClaim, asked *corev1.PersistentVolumeClaimSpec) {
	class := asked.StorageClassName
	same := (class == nil || *class == classOf(claim)) && slices.Equal(asked.AccessModes, claim.Spec.AccessModes)
	if same || claim.Status.Phase != corev1.ClaimPending {
		return
	}
	s.refuse("claim %s was never bound and can not be changed to the storage class and access modes that are asked for: "+
		"delete it, and it is made again", claim.Name)
}
