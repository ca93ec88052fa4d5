package cluster

import (
	"slices"

	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/gate"
)

// guarded is the last step of every plan for a cluster that is to live on: a decision that sync/gate refuses is not
// given, and everything is held instead.
func guarded(o *Observed, facts sync.Facts, d sync.Decision) sync.Decision {
	why := o.atTheGate(facts).Refuses(&facts.Kafka, &d)
	if o.paused() && len(d.Releases)+len(d.Commands) > 0 {
		why = pausedWhy
	}
	if why == "" {
		return d
	}
	status := o.parent.Status
	status.Conditions = o.carriedOver(facts, []verdict{
		isNot(sync.Ready, sync.GateRefused,
			"A step was refused because "+why+"; this is a defect of Kompositor, please report it."),
	})
	return sync.Decision{
		Children: o.request.Children.Hold(), Status: &status, ResyncAfter: resyncWhileWaiting,
		Reasons: []sync.Reason{sync.GateRefused},
	}
}

// atTheGate is the cluster as the gate sees it.
func (o *Observed) atTheGate(facts sync.Facts) *gate.Cluster {
	cluster := &gate.Cluster{
		Name: o.parent.Name, ID: o.clusterID(), KRaft: o.parent.Spec.KRaft, Nodes: make([]gate.Node, len(o.brokers)),
		Stop: func(ids ...int32) string { return o.rollOf(facts, nil).Stop(ids...) },
	}
	down := o.down(facts)
	for i, b := range o.brokers {
		_, announced := b.announced(facts.Now)
		cluster.Nodes[i] = gate.Node{
			ID: b.id, Listed: b.listed, Broker: b.isBroker(), Controller: b.isController(), Runs: b.runs(facts.Now),
			Pods: b.pods, Claims: b.claims, Doubt: b.doubt, Announced: announced, Down: slices.Contains(down, b.id),
		}
		if b.spec != nil && len(b.claims) > 0 {
			cluster.Nodes[i].Disks = b.disks()
		}
	}
	return cluster
}
