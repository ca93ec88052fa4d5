package operation

import (
	"fmt"
	"time"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
)

// retry says what a failed task means: the end with the policy ignore, else another attempt after the back-off. An
// attempt that Cruise Control was never seen with is made again under its own number, whatever the policy: had it been
// started after all, it would be found.
func (p *plan) retry() {
	again := p.task.ID == "" && p.o.announced()
	if p.o.operation.Spec.OnError() == v1alpha1.ErrorPolicyIgnore && !again {
		p.end()
		return
	}
	if p.o.operation.Paused() {
		p.paused()
		return
	}
	if left := p.from().Sub(p.facts.Now); left > 0 {
		reason, why := p.failure()
		p.waits(reason, fmt.Sprintf("%s It is run again after %s", why, p.from().UTC().Format("15:04:05")), left)
		return
	}
	if !again {
		p.fails()
		p.status.RetryCount++
		p.renew(p.asked)
	}
	p.start()
}

// failure says in a word and a sentence that the task has failed.
func (p *plan) failure() (sync.Reason, string) {
	reason := sync.TaskFailed
	for _, known := range []sync.Reason{sync.HardGoalViolated, sync.CruiseControlLacksBroker, sync.CruiseControlLogin} {
		if p.said(known) {
			reason = known
		}
	}
	switch {
	case p.task.Started == nil && reason == sync.TaskFailed:
		return sync.CruiseControlRefused, "The task is not known to have been started: " + stopped(p.task.ErrorMessage)
	case p.task.Started == nil:
		return reason, "The task is not known to have been started: " + stopped(p.task.ErrorMessage)
	case p.task.ErrorMessage == "":
		return reason, "The task has failed."
	}
	return reason, "The task has failed: " + stopped(p.task.ErrorMessage)
}

// paused tells that nothing is started for as long as the user says so.
func (p *plan) paused() {
	if p.task.State == v1beta1.CruiseControlTaskCompletedWithError {
		_, why := p.failure()
		p.waitsf(sync.Paused, 0, "%s It is not run again for as long as the label %s is \"true\"", why, v1alpha1.PauseLabel)
		return
	}
	p.waitsf(sync.Paused, 0, "it is not started for as long as the label %s is \"true\"", v1alpha1.PauseLabel)
}

func (p *plan) from() time.Time { return from(p.status) }

// from is when the operation may be begun: a failed task waits for its back-off.
func (o *Observed) from() time.Time { return from(&o.operation.Status) }

func from(status *v1alpha1.CruiseControlOperationStatus) time.Time {
	task := status.CurrentTask
	if off := putOffUntil(status); !off.IsZero() {
		return off
	}
	if task == nil || task.State != v1beta1.CruiseControlTaskCompletedWithError || task.Finished == nil {
		return time.Time{}
	}
	return task.Finished.Add(backoff(status.RetryCount))
}

// backoff is the pause after a failure. It doubles with each retry.
func backoff(retries int) time.Duration {
	pause := v1alpha1.RetryBackoffSeconds * time.Second
	for range min(retries, 10) { // it has reached its bound long before
		pause *= 2
	}
	return min(pause, v1alpha1.MaxRetryBackoffSeconds*time.Second)
}

// fails keeps the present task among those that failed; the oldest are forgotten.
func (p *plan) fails() {
	if p.task.ID == "" && p.task.ErrorMessage == "" {
		return // it was never seen to have been one
	}
	p.status.FailedTasks = append(p.status.FailedTasks, *p.task.DeepCopy())
	if more := len(p.status.FailedTasks) - v1alpha1.MaxFailedTasks; more > 0 {
		p.status.FailedTasks = p.status.FailedTasks[more:]
	}
}
