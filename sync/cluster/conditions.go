package cluster

import (
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/certificates"
	"github.com/kompositor/kompositor/sync/connection"
	"github.com/kompositor/kompositor/sync/parent"
	"github.com/kompositor/kompositor/sync/podphase"
	"github.com/kompositor/kompositor/sync/voters"
)

// verdict is a condition before it has a time.
type verdict = parent.Verdict

func is(of sync.ConditionType, message string) verdict { return parent.Is(of, message) }

func isNot(of sync.ConditionType, reason sync.Reason, message string) verdict {
	return parent.IsNot(of, reason, message)
}

func unknown(of sync.ConditionType, reason sync.Reason, message string) verdict {
	return parent.Unknown(of, reason, message)
}

// conditions are the cluster's conditions, by type.
func (p *plan) conditions() []metav1.Condition {
	verdicts := []verdict{
		p.brokersReady(), certificates.Ready(&p.o.parent, p.o.request.Related.Secrets), p.configInSync(),
		p.controlReachable(), p.external.Ready(), connection.Reachable(&p.facts.Kafka, p.otherCluster), p.ready(),
		p.rollingUpdate(), is(sync.SpecValid, "The spec has no mistakes."), p.volumesAsSpecified(),
	}
	if p.o.parent.Spec.KRaft {
		verdicts = append(verdicts, p.quorumAsSpecified(), p.upgradeComplete())
	}
	verdicts = append(verdicts, p.scaling.Rebalancing(p.o.parent.Status.Conditions)...)
	return p.o.timed(p.facts, verdicts)
}

// timed gives each verdict its time.
func (o *Observed) timed(facts sync.Facts, verdicts []verdict) []metav1.Condition {
	return o.clock(facts).Timed(verdicts)
}

// carriedOver are the conditions of before with the verdicts in the place of their own.
func (o *Observed) carriedOver(facts sync.Facts, verdicts []verdict) []metav1.Condition {
	return o.clock(facts).CarriedOver(verdicts)
}

func (o *Observed) clock(facts sync.Facts) parent.Clock {
	return parent.Clock{Now: facts.Now, Generation: o.identity.Generation, Before: o.parent.Status.Conditions}
}

func (p *plan) ready() verdict {
	v := p.readyUnlessPaused()
	if p.o.paused() {
		v.Reason = sync.Paused
		v.Message += fmt.Sprintf(" Nothing is changed while the annotation %s is true.", AnnotationPause)
	}
	return v
}

func (p *plan) readyUnlessPaused() verdict {
	if p.settled() && len(p.refusals) > 0 {
		return isNot(sync.Ready, sync.ChangeRefused, sentence(p.refusals[0].Why))
	}
	if config := p.configInSync(); p.settled() && config.Status == metav1.ConditionFalse {
		return isNot(sync.Ready, config.Reason, config.Message)
	}
	if volumes := p.volumesAsSpecified(); p.settled() && volumes.Reason == sync.VolumeHeld {
		return isNot(sync.Ready, volumes.Reason, volumes.Message)
	}
	if p.settled() {
		message := fmt.Sprintf("All %d brokers are ready and run what the spec asks for.", len(p.o.brokers))
		if p.external.Ready().Status != metav1.ConditionTrue {
			message += " Whether clients outside reach them, the condition ExternalAccessReady says."
		}
		return is(sync.Ready, message)
	}
	if first := p.brokersReady(); first.Status != metav1.ConditionTrue {
		return isNot(sync.Ready, first.Reason, first.Message)
	}
	if next := p.rollingUpdate(); next.Reason != sync.AsExpected {
		return isNot(sync.Ready, next.Reason, next.Message)
	}
	if p.voters != (voters.Step{}) {
		v := p.quorumAsSpecified()
		return isNot(sync.Ready, v.Reason, v.Message)
	}
	return isNot(sync.Ready, sync.BrokerLeaving, p.leavingMessage())
}

func (p *plan) leavingMessage() string {
	for _, b := range p.o.brokers {
		if !b.listed {
			return sentence(
				fmt.Sprintf("%s is leaving: %s", b, orElse(p.whyStays(b), "it is empty and is being removed")),
			)
		}
	}
	return ""
}

func (p *plan) brokersReady() verdict {
	if doubted := p.o.doubted(); doubted != "" {
		return isNot(sync.BrokersReady, sync.WrongLabel, doubted)
	}
	down := p.notReady()
	for _, b := range down {
		where, why := b.phase()
		switch silent := podphase.Unheard(b.pods, p.facts.Now); {
		case silent != "":
			return isNot(sync.BrokersReady, sync.NodeSilent, sentence(fmt.Sprintf("%s does not run: %s", b, silent)))
		case where == podphase.Stuck || where == podphase.Doubled || where == podphase.Failed:
			why += b.blamed()
			return isNot(sync.BrokersReady, sync.BrokerStuck, sentence(fmt.Sprintf("%s does not run: %s", b, why)))
		}
	}
	// One that is empty and leaves is not waited for to be ready.
	all := len(p.o.brokers) - len(p.empty)
	if down = slices.DeleteFunc(down, func(b *broker) bool { return p.empty[b.id] }); len(down) > 0 {
		return isNot(
			sync.BrokersReady,
			sync.BrokersStarting,
			fmt.Sprintf("Waiting for %d of %d brokers to be ready: %s. %s: %s",
				len(down), all, ids(down), strings.TrimSuffix(sentence(down[0].String()), "."), p.waitingFor(down[0])),
		)
	}
	if unlabelled := p.o.unlabelled(); unlabelled != "" {
		return isNot(sync.BrokersReady, sync.WrongLabel, unlabelled)
	}
	return is(sync.BrokersReady, fmt.Sprintf("All %d brokers are ready.", all))
}

func (p *plan) configInSync() verdict {
	status, reason, sentences := p.dynamic.Verdict()
	var stale []*broker
	for _, b := range p.o.brokers {
		if p.staleness[b.id] != "" {
			stale = append(stale, b)
		}
	}
	if len(stale) > 0 {
		message := sentence(fmt.Sprintf("not what the spec asks for now: %s", idsOf(stale)))
		message += p.needlessly(stale[0])
		if status != metav1.ConditionTrue {
			message += " " + sentences
		}
		return isNot(sync.ConfigInSync, sync.PodStale, parent.Bounded(message))
	}
	message := sentences
	if status == metav1.ConditionTrue {
		if otherwise := p.drawnOtherwise(); otherwise != "" {
			reason, message = sync.DrawnOtherwise, strings.TrimSpace(otherwise+" "+message)
		}
		message = strings.TrimSpace("Every broker runs what the spec asks for. " + message)
	}
	return verdict{Of: sync.ConfigInSync, Status: status, Reason: reason, Message: parent.Bounded(message)}
}

func (p *plan) rollingUpdate() verdict {
	rolls := verdict{Of: sync.RollingUpdate, Status: metav1.ConditionTrue, Reason: sync.BrokerRestarting}
	switch {
	case p.next == nil && p.leadersWait != "":
		return p.leadersRestored()
	case p.next == nil:
		return isNot(sync.RollingUpdate, sync.AsExpected, "No restart is due.")
	case p.restartWaits != "":
		rolls.Reason = sync.RestartWaits
		rolls.Message = sentence(
			fmt.Sprintf("%s is to restart because %s, and waits: %s", p.next.broker, p.next.because, p.restartWaits))
	default:
		rolls.Message = fmt.Sprintf("%s restarts because %s", p.next.broker, p.next.because)
		if with := p.restartsBeside(p.next); len(with) > 0 {
			rolls.Message += fmt.Sprintf("; together with %s of its rack", idsOf(with))
		}
		rolls.Message = sentence(rolls.Message)
	}
	return rolls
}

// restartsBeside are the running brokers that are let go together with another.
func (p *plan) restartsBeside(next *restart) []*broker {
	var beside []*broker
	for _, r := range p.due {
		if r != next && r.running && p.goes[r.broker.id] != nil {
			beside = append(beside, r.broker)
		}
	}
	return beside
}

// holdInvalid answers a spec with mistakes: all of them are listed, and nothing is changed.
func (o *Observed) holdInvalid(facts sync.Facts) sync.Decision {
	status := o.parent.Status
	status.ObservedGeneration = o.identity.Generation
	status.Conditions = o.carriedOver(facts, parent.Invalid(o.mistakes))
	return sync.Decision{Children: o.request.Children.Hold(), Status: &status, Reasons: []sync.Reason{sync.InvalidSpec}}
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// idsOf names brokers in a sentence.
func idsOf(brokers []*broker) string {
	if len(brokers) == 1 {
		return brokers[0].String()
	}
	return "brokers " + ids(brokers)
}
