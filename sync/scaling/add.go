package scaling

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/graceful"
)

// add gives data to the listed brokers that have none yet.
func (s *Situation) add(settled *Settled) {
	needed := make(map[int32]bool)
	for i := range s.Brokers {
		if b := &s.Brokers[i]; b.Listed {
			settled.States[b.ID], needed[b.ID] = s.listed(b)
		}
	}
	isNeeded := func(b *Broker) bool { return needed[b.ID] }
	want := graceful.Want{
		Kind: v1alpha1.OperationAddBroker, Needed: are(s.Brokers, isNeeded), Parameters: parameters,
		Against: are(s.Brokers, func(b *Broker) bool { return !b.Listed }),
	}
	// Those that start are waited for, so that what is moved is moved once.
	starting := are(s.Brokers, func(b *Broker) bool { return needed[b.ID] && b.Starting })
	if len(starting) == 0 {
		want.Due = are(s.Brokers, func(b *Broker) bool { return needed[b.ID] && b.Ready })
	}
	standing := s.Operations.Settle(want)
	for i := range s.Brokers {
		b := &s.Brokers[i]
		if !needed[b.ID] {
			continue
		}
		if o, is := standing[b.key()]; is {
			settled.stands(b, &o, o.Phase.Upscale())
			settled.Waits[b.ID] = "it is being given replicas by " + says(&o)
			continue
		}
		settled.wait(b, s.addWaits(b, starting))
	}
}

// listed is the state of a listed broker as far as no operation for it is under way, and whether it needs one: it is
// new, or was emptied in part when its removal was taken back.
func (s *Situation) listed(b *Broker) (v1beta1.GracefulActionState, bool) {
	state := b.State
	phase, adds, removes := b.phase()
	o, found := s.reference(b)
	switch {
	case !b.Known && !s.Started, b.Known && !adds && !removes:
		phase = graceful.Succeeded // the cluster began with it
	case adds && phase == graceful.Succeeded:
	case adds && found && o.Done:
		phase = o.Phase
	case removes && phase == graceful.Required, removes && found && o.Phase == graceful.Scheduled:
		phase = graceful.Succeeded // nothing had begun
	default:
		phase = graceful.Required
	}
	if !adds {
		state.CruiseControlOperationReference = nil
	}
	state.CruiseControlState = phase.Upscale()
	return state, phase == graceful.Required
}

// addWaits says in a clause what a broker waits for that is to be added.
func (s *Situation) addWaits(b *Broker, starting []string) string {
	switch {
	case !b.Ready:
		return "it is to be given replicas once it is ready"
	case len(starting) > 0:
		return fmt.Sprintf("it is to be given replicas together with %s, once that is ready", names(starting))
	}
	return "it is to be given replicas; " + s.Operations.Waits
}

// stands notes that an operation for a broker is there.
func (s *Settled) stands(b *Broker, o *graceful.Operation, word v1beta1.CruiseControlState) {
	state := b.State
	state.CruiseControlState = word
	state.CruiseControlOperationReference = &corev1.LocalObjectReference{Name: o.Name}
	s.States[b.ID] = state
	reason := sync.TaskRunning
	switch o.Phase {
	case graceful.CompletedWithError, graceful.Paused:
		reason = sync.TaskFailed
	case graceful.Scheduled:
		reason = sync.OperationQueued
	case graceful.Required, graceful.Running, graceful.Succeeded:
	}
	s.moves = append(s.moves, move{reason, tells(o)})
}

// wait notes what a broker waits for.
func (s *Settled) wait(b *Broker, why string) {
	s.Waits[b.ID] = why
	s.moves = append(s.moves, move{sync.OperationWaits, fmt.Sprintf("%s waits: %s", names([]string{b.key()}), why)})
}
