package user

import (
	"fmt"
	"slices"
	"time"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/parent"
)

// decision puts together what was settled.
func (p *plan) decision() sync.Decision {
	d := sync.Decision{
		Children: append(p.children, p.o.request.Children.HoldUnknown()...), Commands: p.commands,
		ResyncAfter: p.patience(), Reasons: p.reasons(),
	}
	d.Status = p.told(p.ready())
	d.StatusAfter, d.RetryAfter = p.after, p.retry()
	return d
}

// told is the status with a verdict on the whole.
func (p *plan) told(ready parent.Verdict) *v1alpha1.KafkaUserStatus {
	status := p.status
	status.ObservedGeneration, status.Principal = p.o.identity.Generation, p.o.principal()
	status.State = p.o.user.Status.State
	if ready.Reason == sync.AsExpected {
		status.State = v1alpha1.UserStateCreated
	}
	status.Conditions = p.clock().Timed([]parent.Verdict{
		ready, p.certificate(), p.reachable(), parent.Is(sync.SpecValid, "The spec has no mistakes."),
	})
	return &status
}

// after is the status when Kafka refused: what was to be given or taken back is still to be. One refusal holds up
// nothing else: what was written down to be given next stays written down, and so does a password that was taken.
func (p *plan) after(outcomes sync.Outcomes) any {
	p.status.ACLs = record(ordered(append(recorded(p.status.ACLs), recorded(p.o.user.Status.ACLs)...)))
	for _, outcome := range outcomes {
		if _, password := outcome.Command.(sync.SetSCRAM); password && outcome.Err != nil {
			p.status.SCRAMSecret = p.o.user.Status.SCRAMSecret
		}
	}
	p.status.QuotaKeys = joined(p.status.QuotaKeys, p.o.user.Status.QuotaKeys)
	return p.told(parent.IsNot(sync.Ready, sync.KafkaRefused, "Kafka refuses: "+outcomes.Err().Error()))
}

// retry says when to look again after a refusal: at once for what was not yet given at all.
func (p *plan) retry() time.Duration {
	if p.recordFirst {
		return resyncAfterRecord
	}
	return retryAfterRefusal
}

func joined(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

func (p *plan) clock() parent.Clock {
	return parent.Clock{
		Now: p.facts.Now, Generation: p.o.identity.Generation, Before: p.o.user.Status.Conditions,
	}
}

func (p *plan) ready() parent.Verdict {
	switch {
	case p.kafkaWaits != "":
		return parent.IsNot(sync.Ready, p.kafkaReason, parent.Sentence(p.kafkaWaits))
	case p.credentialWaits != "":
		return parent.IsNot(sync.Ready, p.credentialReason, parent.Sentence(p.credentialWaits))
	case p.recordFirst || len(p.commands) > 0:
		return parent.IsNot(sync.Ready, sync.KafkaBeingTold, "Kafka is being told what the user may do.")
	case p.grantsWait != "":
		return parent.IsNot(sync.Ready, sync.KafkaRefused, parent.Sentence(p.grantsWait))
	}
	return parent.Is(sync.Ready, fmt.Sprintf("Kafka holds all that %s is to have.", p.o.principal()))
}

// reachable says whether Kafka could be asked.
func (p *plan) reachable() parent.Verdict {
	if p.kafkaWaits != "" {
		return parent.IsNot(sync.KafkaReachable, p.kafkaReason, parent.Sentence(p.kafkaWaits))
	}
	if p.o.question() == nil {
		return parent.Unknown(sync.KafkaReachable, sync.NotAsked, "The user has nothing that Kafka has to be asked for.")
	}
	return parent.Is(sync.KafkaReachable, "Kafka answers.")
}

// certificate says what becomes of the user's certificate.
func (p *plan) certificate() parent.Verdict {
	switch {
	case p.o.byPassword():
		return parent.Is(sync.CertificatesReady, "The user logs in with a password and needs no certificate.")
	case p.o.user.Spec.CertificateWanted() && p.o.foreign() == nil:
		return parent.IsNot(sync.CertificatesReady, sync.SecretMissing, fmt.Sprintf(
			"Certificates are not issued by this release: create Secret %s with a certificate for %s, whom the ACLs are for.",
			p.o.user.Spec.SecretName, p.o.name()))
	case p.o.foreign() == nil:
		return parent.IsNot(sync.CertificatesReady, sync.SecretMissing, fmt.Sprintf(
			"Secret %s does not exist: create it with a certificate for %s.", p.o.user.Spec.SecretName, p.o.name()))
	}
	return parent.Is(sync.CertificatesReady, fmt.Sprintf("The certificate in Secret %s is the user's own.",
		p.o.user.Spec.SecretName))
}

func (p *plan) reasons() []sync.Reason {
	var reasons []sync.Reason
	if p.kafkaWaits != "" {
		reasons = append(reasons, p.kafkaReason)
	}
	if p.credentialWaits != "" {
		reasons = append(reasons, p.credentialReason)
	}
	if p.grantsWait != "" {
		reasons = append(reasons, sync.KafkaRefused)
	}
	if len(p.commands) > 0 && p.credentialReason != sync.KafkaBeingTold {
		reasons = append(reasons, sync.KafkaBeingTold)
	}
	return reasons
}

// kept is the status as it came.
func (o *Observed) kept(facts sync.Facts) any {
	if o.recordLost {
		return o.object.HeldStatus(facts, o.mistakes)
	}
	return &o.user.Status
}

// holdInvalid answers for a spec with mistakes: what is there stays, and nothing is told to Kafka.
func (o *Observed) holdInvalid(facts sync.Facts) sync.Decision {
	return sync.Decision{
		Children: o.request.Children.Hold(), Status: o.object.HeldStatus(facts, o.mistakes),
		Reasons: []sync.Reason{sync.InvalidSpec},
	}
}
