package cluster

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
	"github.com/kompositor/kompositor/sync/claims"
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
		if storage.PVCSpec == nil {
			volumes = append(volumes, children.Volume{MountPath: storage.MountPath, EmptyDir: emptyDir(storage)})
			continue
		}
		claim := byPath[storage.MountPath]
		if claim == nil {
			name := claims.FreeName(s.o.parent.Name, b.id, taken)
			taken[name] = true
			volumes = append(
				volumes,
				children.Volume{MountPath: storage.MountPath, Claim: name, ClaimSpec: claims.New(storage.PVCSpec)},
			)
			continue
		}
		spec, note := claims.Grown(claim, storage.PVCSpec)
		s.note(b, note)
		volumes = append(volumes, children.Volume{MountPath: storage.MountPath, Claim: claim.Name, ClaimSpec: spec})
	}
	for _, claim := range b.claims {
		path := claim.Annotations.Values[annotationMountPath]
		if path == "" || listed[path] || byPath[path] != claim {
			continue
		}
		if b.listed {
			s.note(b, fmt.Sprintf("the log directory on %s is kept: that it is empty can not be proven yet", path))
		}
		spec, _ := claims.Grown(claim, &claim.Spec)
		volumes = append(volumes, children.Volume{MountPath: path, Claim: claim.Name, ClaimSpec: spec})
	}
	return volumes
}

func emptyDir(storage *v1beta1.StorageConfig) *corev1.EmptyDirVolumeSource {
	if storage.EmptyDir != nil {
		return storage.EmptyDir
	}
	return &corev1.EmptyDirVolumeSource{}
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
