package cluster

import (
	"fmt"
	"time"

	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/availability"
	"github.com/kompositor/kompositor/sync/claims"
	"github.com/kompositor/kompositor/sync/podphase"
	"github.com/kompositor/kompositor/sync/roll"
)

// AnnotationAcceptUnavailability on the CR, set to "true", lets brokers restart although a partition has too few
// replicas, or the quorum too few voters, to do without one: what no order of restarts could protect.
const AnnotationAcceptUnavailability = "kompositor.io/accept-unavailability"

// restart is a restart that is due: which broker, and why.
type restart struct {
	broker *broker
	reason sync.Reason
	// because says what asks for it, such as "the CR asks for another image".
	because string
	// running says that the restart takes a running process away, so that it needs facts and the budget.
	running bool
}

// dueRestarts are the restarts that are due, by broker.
func (p *plan) dueRestarts() map[int32]*restart {
	due := make(map[int32]*restart)
	for _, b := range p.o.brokers {
		switch where, why := b.phase(); {
		case b.spec == nil || b.doubt != "":
		case b.listed:
			if r, yes := p.dueRestart(b); yes {
				due[b.id] = &r
			}
		case where == podphase.Failed && !p.empty[b.id]: // only a broker that runs can be emptied
			due[b.id] = &restart{b, sync.PodFailed, "its Pod has ended: " + why, false}
		}
	}
	return due
}

// dueRestart says whether a broker's Pod is to be replaced, and why.
func (p *plan) dueRestart(b *broker) (restart, bool) {
	where, why := b.phase()
	because, reason := p.staleness[b.id], sync.PodStale
	switch {
	case len(p.disks[b.id].Empty) > 0:
		reason = sync.VolumeEmpty
	case because == "" && p.requested(b) != "":
		because, reason = p.requested(b), sync.RestartRequested
	case because == "" && b.pod() != nil:
		because, reason = claims.AwaitsRestart(b.claims, b.pod(), p.facts.Now), sync.VolumeResized
	}
	switch {
	case where == podphase.Failed:
		return restart{b, sync.PodFailed, "its Pod has ended: " + why, false}, true
	case because == "" || !p.claims[b.id].Made(b.claims) || p.disks[b.id].Deleted != "":
		return restart{}, false
	case where == podphase.Stuck:
		return restart{b, reason, because + "; the Pod does not start: " + why, b.runs(p.facts.Now)}, true
	case where == podphase.Starting || where == podphase.Ready:
		return restart{b, reason, because, b.runs(p.facts.Now)}, true
	}
	return restart{}, false
}

// chooseRestart lets every broker go whose process has ended already. Of the running ones it announces the end of those
// that may stop now, and a later call lets them go, which has heard of that: so no other one is chosen before what was
// done here is heard of (docs/adr/0031).
func (p *plan) chooseRestart() {
	due := p.dueRestarts()
	if len(due) == 0 {
		return
	}
	cluster := p.o.rollOf(p.facts, due)
	order := cluster.Order()
	for _, id := range order {
		p.due = append(p.due, due[id])
	}
	if p.o.paused() {
		p.next, p.restartWaits = p.due[0], pausedWhy
		return
	}
	for _, r := range p.due {
		switch {
		case !r.running:
			p.goes[r.broker.id] = r
			p.letPodGo(r.broker, r.reason, r.because)
		case p.next == nil:
			p.next = r // it decides for all: none overtakes it
		}
	}
	if p.restartWaits = orElse(p.voters.Change(), p.imageForbids()); p.restartWaits != "" {
		return
	}
	wave := cluster.Next(order)
	p.restartWaits = wave.Waits
	for _, id := range wave.Stop {
		r := due[id]
		switch counts, acts := r.broker.announced(p.facts.Now); {
		case p.awaitsRack(r.broker):
			p.restartWaits = p.rackAwaited(r.broker)
			return
		case counts && !acts:
			p.restartWaits = "it was announced over a minute ago, and is announced anew two minutes after that"
			return
		case counts:
			p.letPodGo(r.broker, r.reason, r.because+"; "+wave.Evidence)
		}
		p.goes[id] = r
	}
}

// announced says that the end of the broker's Pod was announced, so that it counts as down, and whether it may go now.
func (b *broker) announced(now time.Time) (counts, acts bool) {
	return podphase.Announced(b.config, b.pod(), now)
}

// rollOf is the cluster as its roll sees it.
func (o *Observed) rollOf(facts sync.Facts, due map[int32]*restart) *roll.Cluster {
	config := &o.parent.Spec.RollingUpgradeConfig
	cluster := &roll.Cluster{
		KRaft: o.parent.Spec.KRaft, Kafka: &facts.Kafka, Rules: o.rules(), Concurrent: config.ConcurrentRestarts(),
	}
	for _, b := range o.brokers {
		if !b.listed && len(b.pods) == 0 {
			continue
		}
		where, why := b.phase()
		announced, _ := b.announced(facts.Now)
		node := roll.Node{
			ID: b.id, Name: b.String(), Rack: runsInRack(facts, b), Broker: b.isBroker(), Controller: b.isController(),
			Ready: where == podphase.Ready && !announced, Announced: announced, Running: b.runs(facts.Now),
			Due: due[b.id] != nil,
		}
		if where == podphase.Stuck {
			node.Stuck = why
		}
		if b.spec != nil {
			node.Group = fmt.Sprint(b.spec.Group, b.spec.Roles)
		}
		cluster.Nodes = append(cluster.Nodes, node)
	}
	return cluster
}

// rules are what the user allows of a restart.
func (o *Observed) rules() availability.Rules {
	return availability.Rules{
		FailureThreshold: o.parent.Spec.RollingUpgradeConfig.FailureThreshold,
		Alerts:           o.parent.Status.RollingUpgrade.ErrorCount,
		Accepted:         o.parent.Annotations[AnnotationAcceptUnavailability] == "true",
		Consent:          AnnotationAcceptUnavailability + "=true",
	}
}

// runsInRack is the rack that a broker runs with: Kafka's word for a live one, else that of its configuration.
func runsInRack(facts sync.Facts, b *broker) string {
	if cluster, known := facts.Kafka.Cluster.Get(); known && cluster.Racks[b.id] != "" {
		return cluster.Racks[b.id]
	}
	return b.recorded().Rack()
}
