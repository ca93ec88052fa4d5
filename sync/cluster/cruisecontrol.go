package cluster

import (
	"fmt"

	"github.com/kompositor/kompositor/sync/cruisecontrol"
	"github.com/kompositor/kompositor/sync/graceful"
)

// drawCruiseControl lists the children of Cruise Control that are to be there. Nothing else waits for it.
func (p *plan) drawCruiseControl() {
	situation := cruisecontrol.Situation{
		Cluster: p.cluster, Observed: &p.o.request.Children, Controller: &p.o.request.Controller,
		Secrets: p.o.request.Related.Secrets, Rolling: len(p.staleness) > 0,
	}
	if down := p.notReady(); len(down) > 0 {
		situation.Unready = fmt.Sprintf("it waits for %d of %d brokers to be ready: %s", len(down), len(p.o.brokers),
			ids(down))
	}
	p.operations = graceful.NewSet(p.cluster, p.o.request.Children.Operations, "")
	situation.Executes = p.operations.Executed()
	if situation.Executes == "" { // the users' own are no children
		situation.Executes = graceful.NewSet(p.cluster, p.o.request.Related.Operations, "").Executed()
	}
	for _, b := range p.o.brokers {
		if b.spec == nil && !p.gone[b.id] {
			situation.Unremembered = append(situation.Unremembered, b.id)
		}
	}
	p.control = cruisecontrol.Settle(&situation)
	p.add(p.control.Children...)
}
