package cluster

import (
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/cruisecontrol"
	"github.com/kompositor/kompositor/sync/podphase"
	"github.com/kompositor/kompositor/sync/scaling"
)

// drawOperations lists the operations of Cruise Control that the cluster has for brokers and disks that come and go.
func (p *plan) drawOperations() {
	p.operations.Waits = p.operationsWait()
	situation := scaling.Situation{
		Partitions: &p.facts.Kafka.Partitions, Operations: p.operations, Started: cruisecontrol.Had(&p.o.parent),
		Now: p.facts.Now,
	}
	for _, b := range p.o.brokers {
		if b.isBroker() && !p.gone[b.id] {
			situation.Brokers = append(situation.Brokers, p.scaled(b))
		}
	}
	p.scaling = scaling.Settle(&situation)
	p.moveDisks()
	p.add(p.operations.Children()...)
}

// controlReachable is what Cruise Control's Deployment shows, unless an operation has met something else.
func (p *plan) controlReachable() verdict {
	met, inVain := p.operations.Unreachable()
	if !inVain || p.control.Verdict.Status != metav1.ConditionTrue {
		return p.control.Verdict
	}
	return isNot(sync.CruiseControlReachable, sync.CruiseControlUnknown,
		fmt.Sprintf("Its Deployment is available, and operation %s gets no answer. %s", met.Name, met.Unreachable))
}

// scaled is a broker as scaling sees it.
func (p *plan) scaled(b *broker) scaling.Broker {
	where, _ := b.phase()
	state, known := p.o.parent.Status.BrokersState[b.key()]
	starts := where == podphase.Missing || where == podphase.Terminating || where == podphase.Starting
	scaled := scaling.Broker{
		ID: b.id, Listed: b.listed, Ready: where == podphase.Ready, Starting: starts && p.claims[b.id].Unclear == "",
		Known: known, State: state.GracefulActionState, Empty: p.empty[b.id],
	}
	if scaled.Held = p.keptAsVoter(b); p.o.paused() {
		scaled.Held = pausedWhy
	}
	return scaled
}

// operationsWait says in a clause why no operation is made now; empty when one may be. One that is there goes on.
func (p *plan) operationsWait() string {
	switch {
	case p.o.paused():
		return pausedWhy
	case !p.o.request.Controller.Lists("cruisecontroloperations"):
		return "the CompositeController does not list cruisecontroloperations: apply the one of this release"
	case p.control.Verdict.Status == metav1.ConditionFalse:
		return strings.TrimSuffix(p.control.Verdict.Message, ".")
	case p.control.Owes != "":
		return "Cruise Control " + p.control.Owes
	}
	return ""
}
