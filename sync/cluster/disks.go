package cluster

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/asked"
	"github.com/kompositor/kompositor/sync/children"
	"github.com/kompositor/kompositor/sync/claims"
	"github.com/kompositor/kompositor/sync/disks"
)

// disks is the broker as far as its disks are concerned.
func (b *broker) disks() *disks.Broker {
	d := &disks.Broker{
		ID: b.id, Configured: b.recorded().LogDirs(), Pods: b.pods, Claims: b.claims, Dir: logDir,
	}
	for i := range b.spec.StorageConfigs {
		d.Listed = append(d.Listed, children.LogDir(b.spec.StorageConfigs[i].MountPath))
	}
	return d
}

// logDir is the log directory on a claim; empty when the claim does not tell it.
func logDir(claim *sync.PersistentVolumeClaim) string {
	if path := claim.Annotations.Values[claims.MountPath]; path != "" {
		return children.LogDir(path)
	}
	return ""
}

// leavingDisks are the claims of a broker of the spec whose log directory the spec no longer lists.
func (b *broker) leavingDisks() []*sync.PersistentVolumeClaim {
	if !b.listed || b.spec == nil || len(b.claims) == 0 {
		return nil
	}
	return b.disks().Leaving()
}

// disksLeave are the brokers of the spec that lose a disk.
func (o *Observed) disksLeave() (brokers []*broker) {
	for _, b := range o.brokers {
		if len(b.leavingDisks()) > 0 {
			brokers = append(brokers, b)
		}
	}
	return brokers
}

// withDisks is the stock without the log directories that the spec no longer lists and that Kafka itself reports empty:
// a broker that runs with one is stale from now on.
func (s *stock) withDisks(facts sync.Facts) *stock {
	learnt := *s
	learnt.disks = make(map[int32]disks.Settled)
	for _, b := range s.o.disksLeave() {
		settled := b.disks().Settle(&facts.Kafka)
		volumes := s.settleVolumes(b, settled.Empty)
		if len(volumes) == 0 {
			settled = disks.Settled{Waits: "it is the broker's last: list another one"}
		}
		learnt.disks[b.id] = settled
		if len(settled.Empty) == 0 {
			continue
		}
		drawn := *learnt.drawn[b.id]
		drawn.Volumes = volumes
		learnt.volumes, learnt.drawn = maps.Clone(learnt.volumes), maps.Clone(learnt.drawn)
		learnt.volumes[b.id], learnt.drawn[b.id] = volumes, &drawn
		learnt.staleness = maps.Clone(learnt.staleness)
		learnt.staleness[b.id] = empties(settled.Empty) + strings.TrimSuffix("; "+s.staleness[b.id], "; ")
		learnt.fingerprints = maps.Clone(learnt.fingerprints)
		now := asked.Of(s.cluster, &drawn, asked.OfCluster(s.cluster), s.readOnlyConfig(b))
		learnt.fingerprints[b.id] = now.Fingerprint()
	}
	return &learnt
}

// empties says that log directories are empty.
func empties(claims []*sync.PersistentVolumeClaim) string {
	return fmt.Sprintf("Kafka reports no replica in %s, which the spec no longer lists", logDir(claims[0]))
}

// letDisksGo lets the claims go that brokers run without, once Kafka misses nothing.
func (p *plan) letDisksGo() {
	for _, b := range p.o.disksLeave() {
		for _, claim := range p.disks[b.id].Gone {
			if !p.o.paused() {
				p.releases = append(p.releases, sync.Release{
					Kind: "PersistentVolumeClaim", Name: claim.Name, Reason: sync.VolumeEmpty,
					Because: fmt.Sprintf("the broker runs without %s, and all its replicas are in sync", logDir(claim)),
				})
			}
		}
	}
}

// released says that a claim is let go.
func (p *plan) released(claim string) bool {
	return slices.ContainsFunc(p.releases, func(r sync.Release) bool {
		return r.Kind == "PersistentVolumeClaim" && r.Name == claim
	})
}
