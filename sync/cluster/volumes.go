package cluster

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
)

// settleVolumes decides which volumes a broker has and what its claims are to look like. A claim is known by its mount
// path, whatever it is called; it keeps its name, class and mode for life, and only ever grows. A claim whose mount
// path the spec no longer lists stays, and so does its log directory.
func (s *stock) settleVolumes(b *broker) []children.Volume {
	taken := make(map[string]bool, len(b.claims))
	byPath := make(map[string]*sync.PersistentVolumeClaim, len(b.claims))
	for _, claim := range b.claims {
		taken[claim.Name] = true
		if claim.Annotations.Values[annotationMountPath] == "" && !claim.Terminating() {
			s.unclear[b.id] = true
			s.note(b, fmt.Sprintf("claim %s lacks the annotation %s, so which log directory it holds is not known: annotate it",
				claim.Name, annotationMountPath))
		}
		path := claim.Annotations.Values[annotationMountPath]
		if path != "" && !claim.Terminating() && byPath[path] == nil {
			byPath[path] = claim
		}
	}
	var volumes []children.Volume
	listed := make(map[string]bool)
	for i := range b.spec.StorageConfigs {
		storage := &b.spec.StorageConfigs[i]
		listed[storage.MountPath] = true
		volume := children.Volume{MountPath: storage.MountPath}
		switch claim := byPath[storage.MountPath]; {
		case claim != nil:
			volume.Claim, volume.ClaimSpec = claim.Name, s.settleClaim(b, claim, storage)
		case storage.PVCSpec != nil:
			volume.Claim = freeClaimName(s.o.parent.Name, b.id, taken)
			volume.ClaimSpec = canonicalClaim(storage.PVCSpec)
			taken[volume.Claim] = true
		default:
			volume.EmptyDir = emptyDir(storage)
		}
		volumes = append(volumes, volume)
	}
	for _, claim := range b.claims {
		path := claim.Annotations.Values[annotationMountPath]
		if path == "" || listed[path] || byPath[path] != claim {
			continue
		}
		if b.listed {
			s.note(b, fmt.Sprintf("the log directory on %s is kept: that it is empty can not be proven yet", path))
		}
		spec, _ := grow(claim, &claim.Spec)
		volumes = append(volumes, children.Volume{MountPath: path, Claim: claim.Name, ClaimSpec: spec})
	}
	return volumes
}

// settleClaim is the spec of a claim that is there, for the disk that the CR has at its path.
func (s *stock) settleClaim(
	b *broker, claim *sync.PersistentVolumeClaim, storage *v1beta1.StorageConfig,
) *corev1.PersistentVolumeClaimSpec {
	want := storage.PVCSpec
	if want == nil {
		s.note(b, fmt.Sprintf("claim %s stays at %s: an emptyDir can not take the place of a disk that has data",
			claim.Name, storage.MountPath))
		want = &claim.Spec
	}
	spec, note := grow(claim, want)
	s.note(b, note)
	return spec
}

// checkControllers lists the controllers whose disk the spec has elsewhere than their volume is: on a new disk, a voter
// would have forgotten whom it voted for and what it has written.
func (o *Observed) checkControllers() {
	for _, b := range o.brokers {
		if !b.listed || !b.isController() {
			continue
		}
		for _, claim := range b.claims {
			path := claim.Annotations.Values[annotationMountPath]
			has := func(s v1beta1.StorageConfig) bool { return s.MountPath == path }
			if path == "" || claim.Terminating() || slices.ContainsFunc(b.spec.StorageConfigs, has) {
				continue
			}
			at := field.NewPath("spec", "brokers").Index(b.spec.Index).Child("brokerConfig", "storageConfigs")
			o.mistakes = append(o.mistakes, field.Required(at, fmt.Sprintf("a controller keeps its metadata on one disk, "+
				"and its volume is at %s: keep this mountPath, or remove this controller and add one with another id", path)))
		}
	}
}

func emptyDir(storage *v1beta1.StorageConfig) *corev1.EmptyDirVolumeSource {
	if storage.EmptyDir != nil {
		return storage.EmptyDir
	}
	return &corev1.EmptyDirVolumeSource{}
}

// freeClaimName is the first name of a broker's claims that no claim has, one being deleted included.
func freeClaimName(cluster string, id int32, taken map[string]bool) string {
	for n := 0; ; n++ {
		if name := children.ClaimName(cluster, id, n); !taken[name] {
			return name
		}
	}
}

// canonicalClaim is the user's claim with the defaults that the API server would set, so that it reads back equal.
func canonicalClaim(spec *corev1.PersistentVolumeClaimSpec) *corev1.PersistentVolumeClaimSpec {
	claim := spec.DeepCopy()
	if claim.VolumeMode == nil {
		mode := corev1.PersistentVolumeFilesystem
		claim.VolumeMode = &mode
	}
	return claim
}

// grow is an observed claim's spec with as much more storage as the CR asks for. The API server allows no other change,
// and that one only once the claim is bound. Source: Kubernetes, ValidatePersistentVolumeClaimUpdate.
func grow(
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

// drawnClaims are the claims of a broker to list: those of its volumes, and whatever else of its claims is observed.
func (p *plan) drawnClaims(b *broker) {
	drawn := p.drawn[b.id]
	var names []string
	for i := range drawn.Volumes {
		if volume := &drawn.Volumes[i]; volume.Claim != "" && (!p.unclear[b.id] || b.claimed(volume.Claim)) {
			p.add(children.PersistentVolumeClaim(p.cluster, drawn, volume))
			names = append(names, volume.Claim)
		}
	}
	for _, claim := range b.claims {
		if !slices.Contains(names, claim.Name) {
			p.add(claim.Frozen())
		}
	}
}
