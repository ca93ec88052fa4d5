package cluster

import (
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kompositor/kompositor/sync/graceful"
)

// drawOperations lists the operations of Cruise Control that the cluster has for brokers and disks that come and go.
func (p *plan) drawOperations() {
	p.operations = graceful.NewSet(p.cluster, p.o.request.Children.Operations, p.operationsWait())
	p.moveDisks()
	p.add(p.operations.Children()...)
}

// operationsWait says in a clause why no operation is made now; empty when one may be. One that is there goes on.
func (p *plan) operationsWait() string {
	switch {
	case !p.o.request.Controller.Lists("cruisecontroloperations"):
		return "the CompositeController does not list cruisecontroloperations: apply the one of this release"
	case p.control.Verdict.Status == metav1.ConditionFalse:
		return "Cruise Control is awaited: " + strings.TrimSuffix(p.control.Verdict.Message, ".")
	}
	return ""
}
