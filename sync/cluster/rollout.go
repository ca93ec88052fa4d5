package cluster

import (
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kompositor/kompositor/sync"
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
//
// The rule: of the voters that remain, a majority of all voters must be caught up with the leader. A voter counts as
// caught up when it was so within the quorum's fetch timeout before the leader itself was (KIP-836
// lastCaughtUpTimestamp; the same measure as Strimzi's).
func (p *plan) quorumForbids(b *broker) string {
	if !b.isController() {
		return ""
	}
	quorum, known := p.facts.Kafka.Quorum.Get()
	if !known {
		return "the KRaft quorum is not known: " + p.facts.Kafka.Quorum.Why()
	}
	leader := slices.IndexFunc(quorum.Voters, func(v sync.QuorumReplica) bool { return v.ID == quorum.Leader })
	if leader < 0 {
		return "the KRaft quorum has no leader"
	}
	votes := slices.ContainsFunc(quorum.Voters, func(v sync.QuorumReplica) bool { return v.ID == b.id })
	if !votes {
		return ""
	}
	majority := len(quorum.Voters)/2 + 1
	if len(quorum.Voters)-1 < majority && p.acceptsUnavailability() {
		return ""
	}
	if len(quorum.Voters)-1 < majority {
		return fmt.Sprintf(
			"a quorum of %d can not do without a voter: add controllers to make it 3, or set the annotation %s=true",
			len(quorum.Voters),
			AnnotationAcceptUnavailability,
		)
	}
	caughtUp := 0
	for _, voter := range quorum.Voters {
		if voter.ID != b.id && caughtUpWith(&quorum, &quorum.Voters[leader], &voter) {
			caughtUp++
		}
	}
	if caughtUp < majority {
		return fmt.Sprintf("without it only %d of %d voters would be caught up, and %d are needed for a majority",
			caughtUp, len(quorum.Voters), majority)
	}
	return ""
}

// defaultFetchTimeoutMillis is Kafka's default of controller.quorum.fetch.timeout.ms.
const defaultFetchTimeoutMillis = 2000

func caughtUpWith(quorum *sync.Quorum, leader, voter *sync.QuorumReplica) bool {
	timeout := quorum.FetchTimeoutMillis
	if timeout == 0 {
		timeout = defaultFetchTimeoutMillis
	}
	return voter.LastCaughtUpMillis >= 0 && leader.LastCaughtUpMillis-voter.LastCaughtUpMillis <= timeout
}

// partitionsForbid says why stopping b would take a partition below min.insync.replicas or offline, or that another
// broker lags behind, where rollingUpgradeConfig.failureThreshold does not allow that.
func (p *plan) partitionsForbid(b *broker) string {
	if !b.isBroker() {
		return ""
	}
	partitions, known := p.facts.Kafka.Partitions.Get()
	if !known {
		return "the partitions are not known: " + p.facts.Kafka.Partitions.Why()
	}
	lagging := make(map[int32]struct{})
	for i := range partitions {
		partition := &partitions[i]
		if why := p.partitionForbids(partition, b.id); why != "" {
			return why
		}
		for _, replica := range partition.Replicas {
			if replica != b.id && !slices.Contains(partition.ISR, replica) {
				lagging[replica] = struct{}{}
			}
		}
	}
	threshold := p.o.parent.Spec.RollingUpgradeConfig.FailureThreshold
	if threshold == 0 {
		return "rollingUpgradeConfig.failureThreshold is 0, which forbids every restart: set it to 1 or more"
	}
	if len(lagging) >= threshold {
		return fmt.Sprintf(
			"%s out of sync, and rollingUpgradeConfig.failureThreshold is %d",
			count(len(lagging), "broker"), threshold,
		)
	}
	return ""
}

// partitionForbids says why one partition does not allow a broker to stop.
func (p *plan) partitionForbids(partition *sync.Partition, id int32) string {
	if !partition.On(id) {
		return ""
	}
	name := fmt.Sprintf("%s-%d", partition.Topic, partition.Partition)
	if len(partition.Replicas) <= max(partition.MinISR, 1) {
		if p.acceptsUnavailability() {
			return ""
		}
		return fmt.Sprintf(
			"partition %s has %s and min.insync.replicas %d, so no restart of its brokers is ever safe: raise its "+
				"replication factor, lower min.insync.replicas, or set the annotation %s=true",
			name, count(len(partition.Replicas), "replica"), partition.MinISR, AnnotationAcceptUnavailability,
		)
	}
	left := len(partition.ISR)
	if slices.Contains(partition.ISR, id) {
		left--
	}
	if left < max(partition.MinISR, 1) {
		return fmt.Sprintf("partition %s would have %d replicas in sync and needs %d", name, left, max(partition.MinISR, 1))
	}
	return ""
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

func (p *plan) acceptsUnavailability() bool {
	return p.o.parent.Annotations[AnnotationAcceptUnavailability] == "true"
}
