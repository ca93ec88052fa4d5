package cluster

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
	"github.com/kompositor/kompositor/sync/claims"
)

// settleVolumes decides which volumes a broker has and what its claims are to look like. It is to do without those that
// are emptied, and goes on without those that it does without already.
func (s *stock) settleVolumes(b *broker, emptied []*sync.PersistentVolumeClaim) []children.Volume {
	situation := claims.Situation{Cluster: s.o.parent.Name, Broker: b.spec, Claims: b.claims, Without: emptied}
	if d := b.disks(); len(b.claims) > 0 {
		situation.LogDirs, situation.Leaving = d.Configured, d.Leaving()
		for _, claim := range situation.Leaving {
			if d.Without(claim) {
				situation.Without = append(situation.Without, claim)
			}
		}
	}
	settled := claims.Settle(&situation)
	for _, note := range settled.Notes {
		s.note(b, note)
	}
	if settled.Unclear {
		s.unclear[b.id] = true
	}
	return settled.Volumes
}

// checkControllers lists the controllers whose disk the spec has elsewhere than their volume is: on a new disk, a voter
// would have forgotten whom it voted for and what it has written.
func (o *Observed) checkControllers() {
	for _, b := range o.brokers {
		if !b.listed || !b.isController() {
			continue
		}
		for _, claim := range b.claims {
			path := claim.Annotations.Values[claims.MountPath]
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
		if !slices.Contains(names, claim.Name) && !p.released(claim.Name) {
			p.add(claim.Frozen())
		}
	}
}
