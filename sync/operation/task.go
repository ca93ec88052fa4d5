package operation

import (
	"fmt"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
)

// settleTime is how long a task must have been seen as Completed, and not executed, before that is believed: between
// its computation and its execution it is so too, for as long as Cruise Control looks only every 5 s.
// Source: Cruise Control, UserTaskManager.markTaskExecutionBegan and its scanner.
const settleTime = 10 * time.Second

// progressStep is how far an execution goes before its progress is told anew, percent.
const progressStep = 5

// follow brings the status to where the task stands. Both state and tasks are known.
func (p *plan) follow() {
	tasks, _ := p.facts.CruiseControl.Tasks.Get()
	found, attempt := p.o.find(tasks)
	switch {
	case found != nil:
		p.catchUp(attempt)
		p.take(found)
	case p.executing():
		p.executed()
	case p.o.running() && p.task.ID == "":
		p.fail("Cruise Control has no such task: the request did not arrive, or Cruise Control was restarted")
		p.task.Started = nil
	case p.o.running():
		p.fail("Cruise Control no longer knows the task: it was restarted, or has forgotten it")
	}
}

// find returns the task of the latest attempt and its number; nil when Cruise Control knows none of the attempt that
// the status speaks about or a later one. A task that Koperator has started is found by its id.
func (o *Observed) find(tasks []sync.UserTask) (*sync.UserTask, int) {
	var found *sync.UserTask
	latest := attempt(&o.operation.Status)
	for i := range tasks {
		if tasks[i].Endpoint == string(v1alpha1.OperationStopExecution) {
			continue // it was told to stop a task, for the same reason
		}
		number, ours := o.attemptOf(tasks[i].Reason)
		if id := o.current().ID; !ours && id != "" && tasks[i].ID == id {
			number, ours = attempt(&o.operation.Status), true
		}
		if ours && (number > latest || number == latest && found == nil) {
			found, latest = &tasks[i], number
		}
	}
	return found, latest
}

// catchUp makes up for a status that was lost: a later attempt was started than it knows of.
func (p *plan) catchUp(number int) {
	if number == attempt(p.status) {
		return
	}
	p.fails()
	p.status.RetryCount = number - 1
	p.renew(p.sent)
}

// take copies what Cruise Control says of the task.
func (p *plan) take(found *sync.UserTask) {
	if p.task.ID == found.ID && p.ended() && found.Status == sync.TaskCompletedWithError {
		return
	}
	answered := p.o.wantsAnswer() && p.o.current().ID == found.ID || len(p.task.Summary) > 0
	if p.task.ID != found.ID || p.task.Started == nil {
		started := metav1.NewTime(time.UnixMilli(found.StartMillis).UTC().Truncate(time.Second))
		p.task.ID, p.task.Started = found.ID, &started
	}
	if p.ended() || p.task.State == "" { // the answer to the start was lost, or the task was taken for lost
		p.task.State, p.task.Finished = v1beta1.CruiseControlTaskActive, nil
	}
	if found.Status != sync.TaskCompletedWithError {
		p.task.ErrorMessage = ""
	}
	if len(found.Summary) > 0 {
		p.task.Summary = summary(found.Summary)
	}
	switch found.Status {
	case sync.TaskActive:
		p.task.State, p.task.Finished = v1beta1.CruiseControlTaskActive, nil
		p.waits(sync.TaskRunning, "Cruise Control computes a proposal", resyncWhileRunning)
	case sync.TaskInExecution:
		p.executed()
	case sync.TaskCompleted:
		p.completed(answered)
	case sync.TaskCompletedWithError:
		p.failed(found, answered)
	default:
		p.waitsf(sync.TaskRunning, resyncWhileRunning, "Cruise Control says that the task is %q, and no such state is known",
			found.Status)
	}
}

// ended says that the task is known to have ended.
func (p *plan) ended() bool {
	return p.task.State == v1beta1.CruiseControlTaskCompleted ||
		p.task.State == v1beta1.CruiseControlTaskCompletedWithError
}

// executing says that the executor moves replicas for this task.
func (p *plan) executing() bool {
	state, known := p.facts.CruiseControl.State.Get()
	return known && !state.Idle() && (p.task.ID != "" && state.ExecutorTask == p.task.ID ||
		strings.HasPrefix(state.ExecutorReason, p.o.mark()))
}

// executed tells how far the execution is.
func (p *plan) executed() {
	p.task.State, p.task.Finished = v1beta1.CruiseControlTaskInExecution, nil
	if state, _ := p.facts.CruiseControl.State.Get(); p.executing() {
		switch {
		case state.TotalMB > 0 && state.FinishedMB >= 0:
			p.task.Progress = fmt.Sprintf("%d %% of %d MB", percent(state.FinishedMB, state.TotalMB), state.TotalMB)
		case state.TotalLeaders > 0 && state.FinishedLeaders >= 0:
			p.task.Progress = fmt.Sprintf("%d %% of %d leaderships",
				percent(state.FinishedLeaders, state.TotalLeaders), state.TotalLeaders)
		}
	}
	text := "Cruise Control executes the proposal"
	if p.task.Progress != "" {
		text += ": " + p.task.Progress + " moved"
	}
	p.waits(sync.TaskRunning, text, resyncWhileRunning)
}

// percent tells progress in steps: each change of the status is a call for every operation of the cluster.
func percent(finished, total int64) int {
	return progressStep * int(min(float64(finished)/float64(total), 1)*100/progressStep)
}

// completed believes a task that is Completed once nothing is executed for it and that has been so for a while. A dry
// run has nothing to execute.
func (p *plan) completed(answered bool) {
	now := p.facts.Now.UTC().Truncate(time.Second)
	switch {
	case !p.sent.dry() && p.executing():
		p.executed()
		return
	case p.task.Finished == nil || p.task.Finished.After(now):
		finished := metav1.NewTime(now)
		p.task.Finished = &finished
	}
	left := settleTime - now.Sub(p.task.Finished.Time)
	switch {
	case !answered:
		p.waits(sync.TaskRunning, "the task is completed, and Cruise Control is asked for its proposal", resyncAtOnce)
	case !p.sent.dry() && left > 0:
		p.waits(sync.TaskRunning, "the task is completed, and will be believed when Cruise Control still says so in a while",
			left)
	default:
		p.task.State, p.task.Progress = v1beta1.CruiseControlTaskCompleted, ""
	}
}

// failed finds out why a task has failed. Cruise Control tells the cause of a computation that failed to whom has
// started it, and hardly to anybody who asks later: what the start was answered counts then.
func (p *plan) failed(found *sync.UserTask, answered bool) {
	reason, passes := passing(found.Failure)
	switch {
	case found.Failure == sync.FailureNothingToDo:
		p.task.State, p.task.ErrorMessage, p.task.Progress = v1beta1.CruiseControlTaskCompleted, "", ""
	case passes:
		now := metav1.NewTime(p.facts.Now.UTC().Truncate(time.Second))
		putOff(p.status, p.asked, &sync.FailureError{Failure: found.Failure, Text: found.Error}, now)
		p.waits(reason, found.Error, retryAfterRefusal)
	case found.Failure != "" && reasonOf(found.Failure) != sync.CruiseControlRefused:
		p.fail(found.Error)
		p.because = reasonOf(found.Failure)
	case found.Error != "":
		p.fail(found.Error)
	case !answered:
		p.waits(sync.TaskRunning, "the task has failed, and Cruise Control is asked why", resyncAtOnce)
	case p.task.ErrorMessage != "":
		p.fail(p.task.ErrorMessage)
	default:
		p.fail("Cruise Control does not say why: the execution was stopped, or has failed")
	}
}

// fail ends the task.
func (p *plan) fail(why string) {
	finished := metav1.NewTime(p.facts.Now.UTC().Truncate(time.Second))
	p.task.State, p.task.Finished, p.task.Progress = v1beta1.CruiseControlTaskCompletedWithError, &finished, ""
	p.task.ErrorMessage = why
}

// renew makes place for a task that has not begun.
func (p *plan) renew(t task) {
	*p.task = v1alpha1.CruiseControlTask{Operation: t.Operation, Parameters: t.Parameters}
}

// summary is a proposal as Koperator names its parts; those that it leaves out keep Cruise Control's names.
func summary(of map[string]string) map[string]string {
	names := map[string]string{
		"dataToMoveMB": "Data to move", "intraBrokerDataToMoveMB": "Intra broker data to move",
		"numReplicaMovements":            "Number of replica movements",
		"numIntraBrokerReplicaMovements": "Number of intra broker replica movements",
		"numLeaderMovements":             "Number of leader movements", "recentWindows": "Recent windows",
		"provisionRecommendation": "Provision recommendation",
	}
	named := make(map[string]string, len(of))
	for name, value := range of {
		if koperators := names[name]; koperators != "" {
			name = koperators
		}
		named[name] = value
	}
	return named
}
