package operation

import (
	"strings"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/parent"
)

func (p *plan) decision() sync.Decision {
	d := sync.Decision{
		Children: p.o.request.Children.Hold(), Status: p.told(p.status, p.ready), Commands: p.commands, ResyncAfter: p.resync,
	}
	if p.ready.Reason != sync.AsExpected {
		d.Reasons = []sync.Reason{p.ready.Reason}
	}
	if p.refused != nil {
		d.RetryAfter, d.RetryWhen = retryAfterRefusal, p.retryWhen
		d.StatusAfter = func(outcomes sync.Outcomes) any {
			status := p.status.DeepCopy()
			ready := p.refused(status, outcomes.Err())
			return p.told(status, ready)
		}
	}
	return d
}

// told is a status with its conditions.
func (p *plan) told(
	status *v1alpha1.CruiseControlOperationStatus, ready parent.Verdict,
) *v1alpha1.CruiseControlOperationStatus {
	told := status.DeepCopy()
	verdicts := []parent.Verdict{parent.Is(sync.SpecValid, "The spec has no mistakes.")}
	if len(p.o.mistakes) > 0 {
		verdicts = parent.Invalid(p.o.mistakes)[:1] // Ready speaks of the task that runs
	}
	told.Conditions = p.clock().Timed(append(verdicts, ready, p.reachable))
	dropEmpty(told)
	return told
}

// dropEmpty takes the current task out of a status where there is none.
func dropEmpty(status *v1alpha1.CruiseControlOperationStatus) {
	if status.CurrentTask != nil && status.CurrentTask.Operation == "" {
		status.CurrentTask = nil
	}
}

func (p *plan) clock() parent.Clock {
	return parent.Clock{
		Now: p.facts.Now, Generation: p.o.object.Generation, Before: p.o.operation.Status.Conditions,
	}
}

// holdInvalid answers a spec with mistakes, or a status that can not be read: all of them are listed, and nothing is
// started.
func (o *Observed) holdInvalid(facts sync.Facts) sync.Decision {
	d := sync.Decision{Children: o.request.Children.Hold(), Reasons: []sync.Reason{sync.InvalidSpec}}
	if o.forgotten {
		d.Status = o.object.HeldStatus(facts, o.mistakes)
		return d
	}
	p := o.begin(facts)
	p.status.CurrentTask = o.operation.Status.CurrentTask
	p.status.Conditions = p.clock().CarriedOver(parent.Invalid(o.mistakes))
	d.Status = p.status
	return d
}

// stopped ends with one full stop what somebody else has said.
func stopped(text string) string { return strings.TrimSuffix(text, ".") + "." }
