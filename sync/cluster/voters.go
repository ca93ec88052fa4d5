package cluster

import (
	"fmt"
	"slices"

	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/podphase"
	"github.com/kompositor/kompositor/sync/voters"
)

// mayChangeVoters says that the quorum is one whose voters can be changed: dynamic, and begun.
func (p *plan) mayChangeVoters() bool {
	return p.cluster.Quorum.Dynamic() && p.o.quorumFormed() && !p.o.paused()
}

// votersOwed says that the voters may not be the controllers of the spec, as far as Kubernetes and the status show: a
// controller that does not vote is not ready.
func (p *plan) votersOwed() bool {
	starts := slices.ContainsFunc(p.o.brokers, func(b *broker) bool {
		where, _ := b.phase()
		return b.isController() && where == podphase.Starting
	})
	return p.mayChangeVoters() && (starts || !slices.Equal(p.o.wantedVoters(), p.o.parent.Status.KRaft.Voters))
}

// wantedVoters are the controllers of the spec, ascending.
func (o *Observed) wantedVoters() (ids []int32) {
	for _, b := range o.brokers {
		if b.listed && b.isController() {
			ids = append(ids, b.id)
		}
	}
	return ids
}

// down are the controllers that are not ready, as far as Kubernetes shows, or are about to stop.
func (o *Observed) down(facts sync.Facts) (ids []int32) {
	for _, b := range o.brokers {
		where, _ := b.phase()
		announced, _ := b.announced(facts.Now)
		if b.isController() && (announced || where != podphase.Ready) {
			ids = append(ids, b.id)
		}
	}
	return ids
}

// changeVoters makes the next change of a dynamic quorum.
func (p *plan) changeVoters() {
	quorum, known := p.facts.Kafka.Quorum.Get()
	if !p.mayChangeVoters() || !known {
		return
	}
	var controllers []voters.Controller
	for _, b := range p.o.brokers {
		c := voters.Controller{ID: b.id, Wanted: b.listed && b.isController()}
		if b.listed {
			c.Stops = p.stops(b)
		} else {
			c.Held, c.Needed = orElse(b.doubt, p.replicasOn(b)), p.orphans()
		}
		if c.Wanted || !b.listed && quorum.Votes(b.id) {
			controllers = append(controllers, c)
		}
	}
	p.voters = voters.Next(p.facts.Kafka.Quorum, controllers, p.o.down(p.facts))
	to := sync.ToKafka{Connection: p.connection()}
	if voter := p.voters.Add; voter != nil {
		name, host, port := p.cluster.ControllerEndpoint(p.drawn[voter.ID])
		p.commands = append(p.commands, sync.AddVoter{
			ToKafka: to, ID: voter.ID, Directory: voter.Directory, Listener: name, Host: host, Port: port,
		})
	}
	if voter := p.voters.Remove; voter != nil {
		p.commands = append(p.commands, sync.RemoveVoter{ToKafka: to, ID: voter.ID, Directory: voter.Directory})
	}
}

// stops says why a controller that is to become a voter is about to stop, or has: it may still fetch, and would be
// missed as soon as it votes.
func (p *plan) stops(b *broker) string {
	where, _ := b.phase()
	switch announced, _ := b.announced(p.facts.Now); {
	case announced:
		return "its stop is announced"
	case where == podphase.Starting || where == podphase.Ready || where == podphase.Stuck && b.runs(p.facts.Now):
		return ""
	}
	return "its Pod does not run, or shuts down"
}

// orphaned says why a node must restart because of the quorum.
func (s *stock) orphaned(b *broker) string {
	if !s.cluster.Quorum.Dynamic() || b.config == nil {
		return ""
	}
	controllers := s.o.wantedVoters()
	return voters.Orphaned(b.recorded().Asks(s.cluster, controllers), len(controllers), b.isController())
}

// orphans says that nodes must restart before a controller leaves, or leave themselves, because they hold replicas and
// are not started anew; empty when none must.
func (p *plan) orphans() string {
	for _, b := range p.o.brokers {
		switch {
		case len(b.pods) == 0 || p.orphaned(b) == "":
		case b.listed:
			return fmt.Sprintf("%s restarts first: %s", b, p.orphaned(b))
		case p.replicasOn(b) != "":
			return fmt.Sprintf("%s goes first: %s, and %s", b, p.orphaned(b), p.replicasOn(b))
		}
	}
	return ""
}

// votersNow are the quorum's voters for the status: as Kafka tells them, else as they were.
func (p *plan) votersNow() []int32 {
	quorum, known := p.facts.Kafka.Quorum.Get()
	switch {
	case known && quorum.Led():
		return quorum.VoterIDs()
	case p.cluster.Quorum.Dynamic():
		return p.o.parent.Status.KRaft.Voters
	}
	return p.o.fixedVoters()
}

// quorumAsSpecified says whether the voters are the controllers of the spec.
func (p *plan) quorumAsSpecified() verdict {
	if why := p.refusals.First(sync.QuorumAsSpecified); why != "" {
		return isNot(sync.QuorumAsSpecified, sync.ChangeRefused, sentence(why))
	}
	known, why := p.votersNow(), p.facts.Kafka.Quorum.Why()
	asked := !p.facts.Kafka.Quorum.IsZero()
	if quorum, answered := p.facts.Kafka.Quorum.Get(); answered && !quorum.Led() {
		why = "the quorum has no leader"
	}
	switch { // voters that were not those of the spec are told of below, whatever they are now
	case len(known) == 0:
		return unknown(sync.QuorumAsSpecified, sync.KafkaUnknown, sentence("the voters are not known: "+why))
	case asked && why != "" && slices.Equal(known, p.o.wantedVoters()):
		return unknown(sync.QuorumAsSpecified, sync.KafkaUnknown,
			sentence(fmt.Sprintf("the voters were %v, and what they are now is not known: %s", known, why)))
	}
	reason, message := p.voters.Tell(known, p.o.wantedVoters(), why)
	if reason == sync.AsExpected {
		return is(sync.QuorumAsSpecified, sentence(message))
	}
	return isNot(sync.QuorumAsSpecified, reason, sentence(message+p.commandFailed()))
}

// commandFailed says why Kafka did not do what was commanded, as the end of a sentence.
func (p *plan) commandFailed() string {
	if err := p.outcomes.Err(); err != nil {
		return "; Kafka did not do it: " + err.Error()
	}
	return ""
}
