package cluster

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/asked"
	"github.com/kompositor/kompositor/sync/children"
	"github.com/kompositor/kompositor/sync/claims"
	"github.com/kompositor/kompositor/sync/disks"
)

// situation is what is known of a broker's volumes. It is to do without those that are emptied, and goes on without
// those that it does without already.
func (s *stock) situation(b *broker, emptied []*sync.PersistentVolumeClaim) *claims.Situation {
	situation := &claims.Situation{
		Cluster: s.o.parent.Name, Broker: b.spec, Claims: b.claims, Without: emptied,
		Nobodys: s.o.nobodys, Doubt: b.doubt,
	}
	if len(b.claims) == 0 {
		return situation
	}
	d := b.disks()
	situation.LogDirs, situation.Leaving = d.Configured, d.Leaving()
	for _, claim := range situation.Leaving {
		if d.Without(claim) {
			situation.Without = append(situation.Without, claim)
		}
	}
	return situation
}

// askClasses asks for the storage classes of the volumes that are to grow.
func (s *stock) askClasses() (classes []string) {
	for _, b := range s.o.brokers {
		if b.spec != nil && len(s.claims[b.id].Growing) > 0 {
			classes = append(classes, claims.Growing(s.situation(b, nil))...)
		}
	}
	slices.Sort(classes)
	return slices.Compact(classes)
}

// withVolumes is the stock with what outside facts say of volumes: which log directories of those that the spec no
// longer lists Kafka reports empty, so that a broker that runs with one is stale from now on, and which volumes can not
// grow.
func (s *stock) withVolumes(facts sync.Facts) *stock {
	classes, _ := facts.Kubernetes.StorageClasses.Get()
	teach := func(b *broker) bool {
		return len(b.leavingDisks()) > 0 || len(classes) > 0 && len(s.claims[b.id].Growing) > 0
	}
	if !slices.ContainsFunc(s.o.brokers, teach) {
		return s // as it almost always is
	}
	learnt := *s
	learnt.claims, learnt.disks = maps.Clone(s.claims), make(map[int32]disks.Settled)
	learnt.drawn, learnt.staleness = maps.Clone(s.drawn), maps.Clone(s.staleness)
	learnt.fingerprints = maps.Clone(s.fingerprints)
	for _, b := range s.o.brokers {
		if b.spec == nil || !teach(b) {
			continue
		}
		leaves := len(b.leavingDisks()) > 0
		var settled disks.Settled
		if leaves {
			settled = b.disks().Settle(&facts.Kafka)
		}
		situation := s.situation(b, settled.Empty)
		situation.Without = slices.DeleteFunc(slices.Clone(situation.Without), func(claim *sync.PersistentVolumeClaim) bool {
			return slices.Contains(settled.Back, claim)
		})
		situation.Classes = classes
		volumes := claims.Settle(situation)
		if leaves && len(volumes.Volumes) == 0 {
			settled = disks.Settled{Waits: "it is the broker's last disk: list another one"}
			volumes = s.claims[b.id]
		}
		if leaves {
			learnt.disks[b.id] = settled
		}
		learnt.takeVolumes(b, volumes, settled.Because)
	}
	return &learnt
}

// takeVolumes draws a broker with other volumes than before; because says why it is to do without one of them.
func (s *stock) takeVolumes(b *broker, volumes claims.Settled, because string) {
	drawn := *s.drawn[b.id]
	drawn.Volumes = volumes.Volumes
	s.claims[b.id], s.drawn[b.id] = volumes, &drawn
	if because != "" {
		asks := asked.Of(s.cluster, &drawn, asked.OfCluster(s.cluster), s.readOnlyConfig(b))
		s.fingerprints[b.id] = asks.Fingerprint()
	}
	if because != "" && b.pod() != nil {
		s.staleness[b.id] = because + strings.TrimSuffix("; "+s.staleness[b.id], "; ")
	}
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
		if b.doubt != "" {
			break
		}
		if volume := &drawn.Volumes[i]; volume.Claim != "" && (p.claims[b.id].Unclear == "" || b.claimed(volume.Claim)) {
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

// stand is where the disks of a broker stand.
func (p *plan) stand(b *broker) disks.Stand {
	stand := disks.Stand{
		Name: b.String(), Claims: p.claims[b.id], Moves: p.moves.Waits[b.id],
		Making: b.listed && !p.claims[b.id].Made(b.claims),
	}
	if settled, leaves := p.disks[b.id]; leaves {
		stand.Settled = &settled
	}
	return stand
}

// volumesAsSpecified says whether every broker has the disks that the spec asks for.
func (p *plan) volumesAsSpecified() verdict {
	if why := p.refusals.First(sync.VolumesAsSpecified); why != "" {
		return isNot(sync.VolumesAsSpecified, sync.VolumeHeld, sentence(why))
	}
	stands := make([]disks.Stand, len(p.o.brokers))
	for i, b := range p.o.brokers {
		stands[i] = p.stand(b)
	}
	return disks.AsSpecified(stands)
}
