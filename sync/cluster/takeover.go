package cluster

import (
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
	"github.com/kompositor/kompositor/sync/takeover"
)

// found is what of a broker was found: its Pod may be Koperator's.
func (o *Observed) found(b *broker) takeover.Broker {
	return takeover.Broker{
		ID: b.id, Pod: b.pod(), Config: b.config, Claims: b.claims, State: o.parent.Status.BrokersState[b.key()],
	}
}

// unfound says which objects of a cluster that was Koperator's are there and were not found; empty when none.
func (o *Observed) unfound() string {
	if !takeover.Begins(&o.parent) {
		return ""
	}
	brokers := make([]takeover.Broker, len(o.brokers))
	for i, b := range o.brokers {
		brokers[i] = o.found(b)
	}
	return takeover.Unfound(&o.parent, brokers)
}

// holdUnfound answers for a cluster of which not all is found: what was found stays, and nothing is made.
func (o *Observed) holdUnfound(facts sync.Facts, unfound string) sync.Decision {
	status := o.parent.Status
	status.ObservedGeneration = o.identity.Generation
	status.Conditions = o.carriedOver(facts, []verdict{
		isNot(sync.Ready, sync.NotTakenOver, "Nothing is changed: "+unfound+"."),
	})
	return sync.Decision{
		Children: o.request.Children.Hold(), Status: &status, ResyncAfter: resyncWhileWaiting,
		Reasons: []sync.Reason{sync.NotTakenOver},
	}
}

// drawExporter lists the rules of the JMX exporter. A running exporter reads them again when they change, so those of
// Koperator stay until the first of its Pods is replaced: taking a cluster over changes nothing that runs.
func (p *plan) drawExporter() {
	drawn := children.JMXExporterConfigMap(p.cluster)
	if p.o.parent.Spec.MonitoringConfig.KafkaJMXExporterConfig == "" && p.allAdopted() {
		for i := range p.o.request.Children.ConfigMaps {
			if config := &p.o.request.Children.ConfigMaps[i]; config.Name == drawn.Name {
				drawn = config.Frozen()
			}
		}
	}
	p.add(drawn)
}

// allAdopted says that every Pod of the cluster is Koperator's and stays.
func (p *plan) allAdopted() bool {
	for _, b := range p.o.brokers {
		if found := p.o.found(b); !found.Adopted() || p.letGo[b.id] {
			return false
		}
	}
	return true
}
