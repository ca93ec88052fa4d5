package cluster

import (
	"fmt"
	"slices"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
	"github.com/kompositor/kompositor/sync/leaving"
	"github.com/kompositor/kompositor/sync/voters"
)

// AnnotationBroker on a ConfigMap is the broker as it was asked for: one that has left the spec is started from it.
const AnnotationBroker = "kompositor.io/broker"

// settleLeaving decides about the brokers that the spec no longer lists. Such a broker keeps everything until Kafka
// itself reports no replica on it and no vote; then its Pod goes, then Kafka is told to forget it, then its claims go,
// then the rest, each only when the one before is done.
func (p *plan) settleLeaving() {
	for _, b := range p.o.brokers {
		if b.listed {
			continue
		}
		if p.leavingWaits[b.id] = p.whyKept(b); p.leavingWaits[b.id] != "" {
			continue
		}
		p.empty[b.id] = true
		switch pod := b.pod(); {
		case pod != nil && !pod.Terminating():
			p.letPodGo(b, sync.BrokerEmpty, nothingLeft)
		case pod != nil:
		case p.o.parent.Spec.KRaft && b.isBroker() && !p.o.parent.Status.BrokersState[fmt.Sprint(b.id)].Unregistered:
			p.commands = append(p.commands, sync.UnregisterBroker{
				ToKafka: sync.ToKafka{Connection: p.connection()}, ID: b.id,
			})
			p.unregistered[b.id] = true
		default:
			p.gone[b.id] = true
			for _, claim := range b.claims {
				p.releases = append(p.releases, sync.Release{
					Kind: "PersistentVolumeClaim", Name: claim.Name, Reason: sync.BrokerEmpty,
					Because: nothingLeft + ", and its Pod is gone",
				})
			}
		}
	}
}

const nothingLeft = "Kafka reports no replica on it"

// whyKept says why a leaving broker is kept; empty when it is proven that Kafka needs nothing of it.
func (p *plan) whyKept(b *broker) string {
	replicas := p.replicasOn(b)
	switch votes := p.votes(b); {
	case p.o.paused():
		return pausedWhy
	case b.doubt != "":
		return b.doubt
	case replicas == "" && votes != "" && p.mayChangeVoters():
		return orElse(p.voters.Change(), orElse(p.voters.Waits, votes))
	case p.keptAsVoter(b) != "":
		return p.keptAsVoter(b)
	case replicas == "":
		return votes
	}
	return replicas
}

// keptAsVoter says that a leaving broker has a vote that can not be taken from it; empty when it has none, or it can.
func (p *plan) keptAsVoter(b *broker) string {
	if p.mayChangeVoters() || !b.isController() || p.votes(b) == "" {
		return ""
	}
	return "it is a voter of a static quorum, and its voters can not be changed: list it again"
}

// votes says that a broker votes in the quorum, or that nobody knows; empty when it does not.
func (p *plan) votes(b *broker) string {
	if !p.o.parent.Spec.KRaft {
		return ""
	}
	return voters.Votes(p.facts.Kafka.Quorum, b.id)
}

// whyStays is what is awaited before a leaving broker goes.
func (p *plan) whyStays(b *broker) string { return orElse(p.scaling.Waits[b.id], p.leavingWaits[b.id]) }

// replicasOn says that a broker holds replicas, or that nobody knows; empty when Kafka reports none.
func (p *plan) replicasOn(b *broker) string {
	return leaving.Replicas(&p.facts.Kafka, b.id, b.isBroker() && b.leavesRunning() && b.runs(p.facts.Now))
}

// leavesRunning says that the broker is out of the spec and its Pod is there, and was not let go yet.
func (b *broker) leavesRunning() bool {
	return !b.listed && slices.ContainsFunc(b.pods, func(pod *sync.Pod) bool { return !pod.Terminating() })
}

// remembered is what a leaving broker was last drawn from: our own record on its ConfigMap, else Koperator's in the
// status.
func (o *Observed) remembered(b *broker) *v1beta1.ResolvedBroker {
	if b.config != nil {
		if broker, ok := children.Recall(b.config.Annotations.Values[AnnotationBroker]); ok {
			broker.ID = b.id
			restored := o.parent.RestoreBroker(broker)
			return &restored
		}
	}
	state := o.parent.Status.BrokersState[b.key()]
	if broker, ok := state.Backup(); ok {
		broker.ID = b.id
		resolved := o.parent.ResolveBroker(broker)
		return &resolved
	}
	return nil
}

// leaves says that a broker is there that the spec no longer lists.
func (o *Observed) leaves() bool {
	return slices.ContainsFunc(o.brokers, func(b *broker) bool { return !b.listed })
}
