package scaling

import (
	"fmt"
	"time"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/graceful"
)

// Pause is the shortest time from the end of an operation that has left replicas behind to the next one. Kafka's
// metadata may be a little behind what was moved last.
const Pause = time.Minute

// remove empties the brokers that the spec no longer lists.
func (s *Situation) remove(settled *Settled) {
	refusal := s.refuses()
	want := graceful.Want{
		Kind: v1alpha1.OperationRemoveBroker, Parameters: parameters,
		Needed:  are(s.Brokers, func(b *Broker) bool { return !b.Listed && !b.Empty }),
		Against: are(s.Brokers, func(b *Broker) bool { return b.Listed }),
		Due: are(s.Brokers, func(b *Broker) bool {
			return !b.Listed && b.Held == "" && refusal == "" && s.on(b.ID) > 0 && s.resting(b) == 0
		}),
	}
	standing := s.Operations.Settle(want)
	for i := range s.Brokers {
		b := &s.Brokers[i]
		if b.Listed {
			continue
		}
		settled.States[b.ID] = b.State
		o, stands := standing[b.key()]
		switch replicas := s.on(b.ID); {
		case b.Empty:
			settled.word(b, graceful.Succeeded)
		case stands:
			settled.stands(b, &o, o.Phase.Downscale())
			if replicas > 0 && b.Held == "" {
				settled.Waits[b.ID] = fmt.Sprintf("it holds %s and is being emptied by %s", count(replicas), says(&o))
			}
		case b.Held != "" || replicas == 0:
			settled.word(b, graceful.Required)
		case refusal != "":
			settled.word(b, graceful.Required)
			settled.refuse(b, fmt.Sprintf("it holds %s, and %s", count(replicas), refusal))
		default:
			settled.word(b, graceful.Required)
			settled.wait(b, fmt.Sprintf("it holds %s%s", count(replicas), s.removeWaits(b)))
		}
	}
}

// refuses says why no broker is emptied: those that stay are too few for a topic's replicas. Cruise Control would move
// what it can and fail at the rest.
func (s *Situation) refuses() string {
	stay := are(s.Brokers, func(b *Broker) bool { return b.Listed })
	topic, factor := s.widest()
	if factor <= len(stay) {
		return ""
	}
	return fmt.Sprintf("is not emptied: topic %s has %d replicas of each partition, and %s would stay; list %s again, or "+
		"give the topic fewer replicas", topic, factor, brokers(len(stay)), brokers(factor-len(stay)))
}

// resting is how long it is until the broker is emptied once more after an operation that has left replicas on it.
func (s *Situation) resting(b *Broker) time.Duration {
	last, ended := s.Operations.Last(v1alpha1.OperationRemoveBroker, b.key())
	if !ended || last.Finished.IsZero() {
		return 0
	}
	return max(0, last.Finished.Add(Pause).Sub(s.Now))
}

// removeWaits says, as the end of a clause, what a broker waits for that is to be emptied.
func (s *Situation) removeWaits(b *Broker) string {
	if s.resting(b) > 0 {
		last, _ := s.Operations.Last(v1alpha1.OperationRemoveBroker, b.key())
		return fmt.Sprintf(" that operation %s has left, and the next one is made at %s", last.Name,
			last.Finished.Add(Pause).UTC().Format(time.TimeOnly))
	}
	return ", to be moved to other brokers; " + s.Operations.Waits
}

// word sets the state of a broker that leaves and that no operation is there for.
func (s *Settled) word(b *Broker, phase graceful.Phase) {
	state := b.State
	if state.CruiseControlState = phase.Downscale(); phase == graceful.Required {
		state.CruiseControlOperationReference = nil
	}
	s.States[b.ID] = state
}

// refuse notes that a broker stays.
func (s *Settled) refuse(b *Broker, why string) {
	s.Waits[b.ID] = why
	s.moves = append(s.moves, move{sync.ChangeRefused, fmt.Sprintf("%s stays: %s", names([]string{b.key()}), why)})
}

func count(replicas int) string {
	if replicas == 1 {
		return "1 replica"
	}
	return fmt.Sprintf("%d replicas", replicas)
}

func brokers(n int) string {
	if n == 1 {
		return "1 broker"
	}
	return fmt.Sprintf("%d brokers", n)
}
