package cluster

import (
	"fmt"
	"slices"

	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
	"github.com/kompositor/kompositor/sync/claims"
	"github.com/kompositor/kompositor/sync/cruisecontrol"
	"github.com/kompositor/kompositor/sync/disks"
	"github.com/kompositor/kompositor/sync/podphase"
)

// disks is the broker as far as its disks are concerned.
func (b *broker) disks() *disks.Broker {
	if b.seenDisks != nil {
		return b.seenDisks
	}
	d := &disks.Broker{
		ID: b.id, Configured: b.recorded().LogDirs(), Pods: b.pods, Claims: b.claims, Dir: logDir, States: b.volumeStates,
		Controller: b.isController(),
	}
	for i := range b.spec.StorageConfigs {
		d.Listed = append(d.Listed, children.LogDir(b.spec.StorageConfigs[i].MountPath))
	}
	b.seenDisks = d
	return d
}

// logDir is the log directory on a claim; empty when the claim does not tell it.
func logDir(claim *sync.PersistentVolumeClaim) string {
	if path := claim.Annotations.Values[claims.MountPath]; path != "" {
		return children.LogDir(path)
	}
	return ""
}

// leavingDisks are the claims of a broker of the spec whose log directory the spec no longer lists, or that somebody
// has deleted under it.
func (b *broker) leavingDisks() []*sync.PersistentVolumeClaim {
	if !b.listed || b.spec == nil || len(b.claims) == 0 {
		return nil
	}
	return append(b.disks().Leaving(), b.disks().Deleted()...)
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

// moveDisks has disks that come given replicas, and disks that go emptied.
func (p *plan) moveDisks() {
	situation := disks.Situation{
		Kafka: &p.facts.Kafka, Operations: p.operations, Started: cruisecontrol.Had(&p.o.parent),
		Now: p.facts.Now,
	}
	for _, b := range p.o.brokers {
		if !b.listed || b.spec == nil || !b.isBroker() || len(b.claims) == 0 {
			continue
		}
		where, _ := b.phase()
		situation.Nodes = append(situation.Nodes, disks.Node{
			Broker: *b.disks(), Ready: where == podphase.Ready, Last: len(b.spec.StorageConfigs) == 0,
		})
	}
	p.moves = situation.Move()
}

// letDisksGo lets the claims go that brokers run without, once Kafka misses nothing.
func (p *plan) letDisksGo() {
	for _, b := range p.o.disksLeave() {
		for _, claim := range p.disks[b.id].Gone {
			if !p.o.paused() && b.doubt == "" {
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
