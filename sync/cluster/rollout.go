package cluster

import (
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/availability"
)

// AnnotationAcceptUnavailability on the CR, set to "true", lets brokers restart although a partition has too few
// replicas, or the quorum too few voters, to do without one. It waives what no order of restarts could protect, nothing
// else.
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

// dueRestarts lists the restarts that are due, in the order in which they may be done: what is down already, then what
// is not ready, then the rest, the controllers' and Kafka's leader last of all.
func (p *plan) dueRestarts() []restart {
	var due []restart
	for _, b := range p.o.brokers {
		if b.spec == nil || !b.listed {
			continue
		}
		if r, yes := p.dueRestart(b); yes {
			due = append(due, r)
		}
	}
	quorum, _ := p.facts.Kafka.Quorum.Get()
	rank := func(r restart) int {
		where, _ := r.broker.phase()
		switch {
		case !r.running:
			return 0
		case where != phaseReady:
			return 1
		case r.broker.isController() && quorum.Leader == r.broker.id:
			return 4
		case r.broker.isController():
			return 3
		}
		return 2
	}
	slices.SortStableFunc(due, func(a, b restart) int { return rank(a) - rank(b) })
	return due
}

// dueRestart says whether a broker's Pod is to be replaced, and why.
func (p *plan) dueRestart(b *broker) (restart, bool) {
	where, why := b.phase()
	stale := p.staleness[b.id]
	switch {
	case where == phaseFailed:
		return restart{b, sync.PodFailed, "its Pod has ended: " + why, false}, true
	case where == phaseStuck && stale != "":
		return restart{b, sync.PodStale, stale + "; the Pod does not start: " + why, false}, true
	case where != phaseStarting && where != phaseReady:
		return restart{}, false
	case stale != "":
		return restart{b, sync.PodStale, stale, true}, true
	case p.tainted(b):
		return restart{b, sync.RestartRequested, "its Pod matches taintedBrokersSelector", true}, true
	}
	return restart{}, false
}

// tainted says that the user marked the broker's Pod for a restart.
func (p *plan) tainted(b *broker) bool {
	if p.o.parent.Spec.TaintedBrokersSelector == nil {
		return false
	}
	selector, err := metav1.LabelSelectorAsSelector(p.o.parent.Spec.TaintedBrokersSelector)
	return err == nil && !selector.Empty() && selector.Matches(labels.Set(b.pod().Labels))
}

// chooseRestart lets at most one running broker go, and every one whose process has ended already.
func (p *plan) chooseRestart() {
	p.due = p.dueRestarts()
	for i := range p.due {
		r := &p.due[i]
		if !r.running {
			p.letPodGo(r.broker, r.reason, r.because)
		}
	}
	for i := range p.due {
		r := &p.due[i]
		if !r.running {
			continue
		}
		if p.restartWaits = p.whyNot(r.broker); p.restartWaits == "" {
			p.letPodGo(r.broker, r.reason, r.because+"; "+p.evidence(r.broker))
		}
		// The first running one decides for all: a later one would overtake it, and two would exceed the budget.
		p.next = r
		return
	}
}

// whyNot says in one sentence why a broker may not be stopped now; empty when every fact allows it.
func (p *plan) whyNot(b *broker) string {
	if others := p.notReady(b); len(others) > 0 {
		return fmt.Sprintf("%s must be ready first: one broker at a time", idsOf(others))
	}
	if why := p.quorumForbids(b); why != "" {
		return why
	}
	return p.partitionsForbid(b)
}

// notReady lists the brokers besides b that are not serving: they have used the budget up.
func (p *plan) notReady(b *broker) []*broker {
	var down []*broker
	for _, other := range p.o.brokers {
		if other == b || !other.listed && len(other.pods) == 0 {
			continue
		}
		if where, _ := other.phase(); where != phaseReady || p.gone[other.id] {
			down = append(down, other)
		}
	}
	return down
}

// quorumForbids says why stopping b would endanger the KRaft quorum.
func (p *plan) quorumForbids(b *broker) string {
	if !b.isController() {
		return ""
	}
	return p.rules().Controller(p.facts.Kafka.Quorum, b.id)
}

// partitionsForbid says why stopping b would take something away from clients.
func (p *plan) partitionsForbid(b *broker) string {
	if !b.isBroker() {
		return ""
	}
	return p.rules().Broker(p.facts.Kafka.Partitions, b.id)
}

// rules are what the user allows of a restart.
func (p *plan) rules() *availability.Rules {
	return &availability.Rules{
		FailureThreshold: p.o.parent.Spec.RollingUpgradeConfig.FailureThreshold,
		Accepted:         p.o.parent.Annotations[AnnotationAcceptUnavailability] == "true",
		Consent:          AnnotationAcceptUnavailability + "=true",
	}
}

// evidence names the facts that allowed a restart.
func (p *plan) evidence(b *broker) string {
	text := "all other brokers are ready"
	if quorum, known := p.facts.Kafka.Quorum.Get(); known && b.isController() {
		text += fmt.Sprintf(", a majority of the other %d voters is caught up", len(quorum.Voters)-1)
	}
	if partitions, known := p.facts.Kafka.Partitions.Get(); known && b.isBroker() {
		text += fmt.Sprintf(", none of %d partitions would fall below min.insync.replicas", len(partitions))
	}
	return text
}
