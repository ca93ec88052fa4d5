package operation

import (
	"fmt"
	"time"

	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/parent"
)

// AnnotationLeaveTask set to "true" leaves the task to Cruise Control when the operation is deleted. It works on an
// operation that is being deleted too, and is then the way out when Cruise Control can not be reached.
const AnnotationLeaveTask = "kompositor.io/leave-task"

// finalize answers for an operation that is being deleted: its execution is stopped first. Cruise Control's stop
// names no task, so it is told to stop only while it executes this one; what it still computes can not be stopped
// before it is executed.
func (o *Observed) finalize(facts sync.Facts) sync.Decision {
	if o.letsGo() != "" {
		return o.finalized(&o.operation.Status)
	}
	p := o.begin(facts)
	p.show()
	tasks, _ := facts.CruiseControl.Tasks.Get()
	if !p.look() {
		return p.held(p.ready.Message, p.resync)
	}
	p.follow()
	found, _ := o.find(tasks)
	state, _ := facts.CruiseControl.State.Get()
	switch {
	case found == nil && !p.executing(), p.ended():
		dropEmpty(p.status)
		return o.finalized(p.status)
	case p.executing() && state.Executor == stopping:
		return p.held("its execution is being stopped", resyncAfterCommand)
	case p.executing():
		p.tell(sync.StopExecution{
			ToCruiseControl: p.toCruiseControl(), Task: state.ExecutorTask, Reason: o.reason(attempt(p.status)),
		})
		return p.held("Cruise Control was told to stop its execution", resyncAfterCommand)
	}
	return p.held(p.ready.Message+" It can be stopped only while it is executed", resyncAfterCommand)
}

// letsGo says why the operation may go without Cruise Control being asked; empty when it may not.
func (o *Observed) letsGo() string {
	switch {
	case !o.deleting:
		return "it is not being deleted"
	case o.operation.Annotations[AnnotationLeaveTask] == "true":
		return "the annotation " + AnnotationLeaveTask + " says so"
	case !o.cluster.Exists || o.cluster.Deleting:
		return "its cluster goes or is gone"
	case !o.inFlight() && !o.forgotten:
		return "no task of it is under way"
	case o.underWay().dry() || o.underWay().stops():
		return "there is nothing to stop"
	}
	return ""
}

// finalized lets the operation go.
func (o *Observed) finalized(status any) sync.Decision {
	return sync.Decision{
		Children: o.request.Children.Hold(), Status: status, Finalized: true, Reasons: []sync.Reason{sync.Finalizing},
	}
}

// held keeps the operation until its task has ended, and says what for.
func (p *plan) held(why string, resync time.Duration) sync.Decision {
	waits := func(why string) parent.Verdict {
		return parent.IsNot(sync.Ready, sync.Finalizing, fmt.Sprintf("The operation is being deleted, and its task stopped "+
			"first: %s To let it go and leave the task to Cruise Control, set the annotation %s: \"true\".",
			stopped(why), AnnotationLeaveTask))
	}
	status := p.status
	dropEmpty(status)
	status.Conditions = p.clock().CarriedOver([]parent.Verdict{waits(why), p.reachable})
	d := sync.Decision{
		Children: p.o.request.Children.Hold(), Status: status, Commands: p.commands, ResyncAfter: resync,
		Reasons: []sync.Reason{sync.Finalizing},
	}
	if len(p.commands) > 0 {
		d.StatusAfter = func(outcomes sync.Outcomes) any {
			refused := status.DeepCopy()
			refused.Conditions = p.clock().CarriedOver([]parent.Verdict{
				waits("it is not known to have been stopped: " + outcomes.Err().Error()), p.reachable,
			})
			return refused
		}
	}
	return d
}
