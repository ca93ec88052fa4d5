package operation

import (
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/parent"
)

// stopping is the executor's state after it was told to stop.
const stopping = "STOPPING_EXECUTION"

// The parameters of a stop; Koperator may leave others there, which are of what was asked for before.
const forceStop, externalAgent, yes = "force_stop", "stop_external_agent", "true"

// stop stops the execution that runs when the operation is first looked at, and none that is begun later: its task is
// written down before anything is sent, and has then ended when the executor is idle or executes another one.
func (p *plan) stop() {
	state, _ := p.facts.CruiseControl.State.Get()
	now := metav1.NewTime(p.facts.Now.UTC().Truncate(time.Second))
	runs := !state.Idle() && state.ExecutorTask == p.task.ID
	switch {
	case !p.o.announced() && state.Idle():
		p.renew(p.asked)
		p.task.Started, p.task.Finished, p.task.State = &now, &now, v1beta1.CruiseControlTaskCompleted
		p.end()
	case !p.o.announced():
		p.renew(p.asked)
		p.task.ID, p.task.HTTPRequest = state.ExecutorTask, p.o.httpRequest(p.asked, attempt(p.status))
		p.waitsf(sync.TaskStarting, resyncAtOnce, "the execution of task %q is about to be stopped", state.ExecutorTask)
	case !runs:
		p.task.Finished, p.task.State, p.task.ErrorMessage = &now, v1beta1.CruiseControlTaskCompleted, ""
		p.end()
	case state.Executor == stopping:
		p.task.State = v1beta1.CruiseControlTaskInExecution
		p.waitsf(sync.TaskRunning, resyncAfterCommand, "the execution of task %q is being stopped", p.task.ID)
	default:
		if p.task.Started == nil {
			p.task.Started = &now
		}
		p.task.State = v1beta1.CruiseControlTaskInExecution
		p.tell(sync.StopExecution{
			ToCruiseControl: p.toCruiseControl(), Task: p.task.ID, Reason: p.o.reason(attempt(p.status)),
			Force: p.asked.Parameters[forceStop] == yes, ExternalAgent: p.asked.Parameters[externalAgent] == yes,
		})
		p.waitsf(sync.TaskRunning, resyncAfterCommand, "Cruise Control was told to stop the execution of task %q", p.task.ID)
		p.refused = notStopped
	}
}

// notStopped is told when Cruise Control is not known to have been told to stop; it is told again.
func notStopped(status *v1alpha1.CruiseControlOperationStatus, err error) parent.Verdict {
	status.CurrentTask.ErrorMessage = parent.Bounded(err.Error())
	return parent.IsNot(sync.Ready, sync.CruiseControlRefused, fmt.Sprintf(
		"The execution of task %q is not known to have been stopped: %s", status.CurrentTask.ID, stopped(err.Error())))
}
