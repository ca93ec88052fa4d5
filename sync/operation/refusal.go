package operation

import (
	"errors"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/parent"
)

// badRequest is the status of a request that will never be taken, where no other is known.
const badRequest = 400

// passing is the reason for which a task waits that Cruise Control has refused for the time being: what refuses it
// passes by itself, and is no failure of the task. False for every other refusal.
func passing(failure sync.Failure) (sync.Reason, bool) {
	switch failure {
	case sync.FailureNoWindows, sync.FailureLoading:
		return sync.CruiseControlNotReady, true
	case sync.FailureOngoing:
		return sync.CruiseControlBusy, true
	case sync.FailureAtCapacity:
		return sync.CruiseControlAtCapacity, true
	default:
		return "", false
	}
}

// reasonOf is the reason of a task that has failed.
func reasonOf(failure sync.Failure) sync.Reason {
	switch failure {
	case sync.FailureHardGoal, sync.FailureGoalsMissing:
		return sync.HardGoalViolated
	case sync.FailureUnknownBroker, sync.FailureUnknownCapacity, sync.FailureUnknownLogDir:
		return sync.CruiseControlLacksBroker
	case sync.FailureLogin:
		return sync.CruiseControlLogin
	case sync.FailureBadRequest, sync.FailureNoEndpoint:
		return sync.RequestRefused
	default:
		return sync.CruiseControlRefused
	}
}

// notStarted is told when the start was refused, or when the answer to it was lost: the next call finds the task by
// its reason if there is one. If there is none, the same attempt is made again after the back-off.
func (o *Observed) notStarted(at metav1.Time) func(*v1alpha1.CruiseControlOperationStatus, error) parent.Verdict {
	return func(status *v1alpha1.CruiseControlOperationStatus, err error) parent.Verdict {
		task, failed := status.CurrentTask, failureOf(err)
		reason, passes := passing(failed.Failure)
		switch {
		case failed.Failure == sync.FailureUnanswered:
			return parent.IsNot(sync.Ready, sync.TaskRunning, fmt.Sprintf(
				"The task %s was sent, and is looked for: %s", task.Operation, stopped(failed.Text)))
		case failed.Failure == sync.FailureNothingToDo:
			task.State, task.Finished = v1beta1.CruiseControlTaskCompleted, &at
			return parent.Is(sync.Ready, "The task is completed.")
		case passes:
			asked, _ := o.asked()
			putOff(status, asked, failed, at)
			return parent.IsNot(sync.Ready, reason, parent.Sentence(failed.Text))
		}
		task.State, task.Started, task.Finished = v1beta1.CruiseControlTaskCompletedWithError, nil, &at
		task.ErrorMessage = parent.Bounded(err.Error())
		if reasonOf(failed.Failure) == sync.RequestRefused {
			task.HTTPResponseCode = new(max(failed.Status, badRequest))
			return parent.IsNot(sync.Ready, sync.RequestRefused, parent.Sentence(failed.Text))
		}
		return parent.IsNot(sync.Ready, reasonOf(failed.Failure), fmt.Sprintf(
			"The task %s is not known to have been started, and is looked for again: %s", task.Operation, stopped(err.Error())))
	}
}

// failureOf is the failure that an error is.
func failureOf(err error) *sync.FailureError {
	if failed, ok := errors.AsType[*sync.FailureError](err); ok {
		return &sync.FailureError{Failure: failed.Failure, Status: failed.Status, Text: err.Error()}
	}
	return &sync.FailureError{Failure: sync.FailureOther, Text: err.Error()}
}

// putOff has a task that was refused for the time being wait for a moment. A task that was computed in vain is there
// all the same, so that the next one has another number; of one for which there was no place there is none.
func putOff(status *v1alpha1.CruiseControlOperationStatus, asked task, failed *sync.FailureError, at metav1.Time) {
	request := status.CurrentTask.HTTPRequest
	if failed.Failure != sync.FailureAtCapacity {
		status.RetryCount++
		request = ""
	}
	*status.CurrentTask = v1alpha1.CruiseControlTask{
		Operation: asked.Operation, Parameters: asked.Parameters, HTTPRequest: request, Finished: &at,
		ErrorMessage: parent.Bounded(failed.Text),
	}
}

// retryWhen says how soon a start that was not carried out is looked at again.
func retryWhen(outcomes sync.Outcomes) time.Duration {
	switch failureOf(outcomes.Err()).Failure {
	case sync.FailureUnanswered:
		return resyncAfterCommand
	case sync.FailureAtCapacity:
		return resyncAtCapacity
	case sync.FailureNothingToDo, sync.FailureBadRequest, sync.FailureNoEndpoint:
		return resyncAtOnce
	default:
		return retryAfterRefusal
	}
}

// putOffUntil is when a task that was put off may be started; zero when it was not.
func putOffUntil(status *v1alpha1.CruiseControlOperationStatus) time.Time {
	task := status.CurrentTask
	switch {
	case task == nil || task.State != "" || task.Finished == nil:
		return time.Time{}
	case task.HTTPRequest != "":
		return task.Finished.Add(resyncAtCapacity)
	}
	return task.Finished.Add(retryAfterRefusal)
}

// waitsOff goes on waiting when the task was put off.
func (p *plan) waitsOff() bool {
	left := putOffUntil(p.status).Sub(p.facts.Now)
	if left <= 0 {
		return false
	}
	p.waits(sync.CruiseControlNotReady, p.task.ErrorMessage, left)
	for _, reason := range []sync.Reason{sync.CruiseControlBusy, sync.CruiseControlAtCapacity} {
		p.keepSaying(reason)
	}
	return true
}

// rejected is the mistake of a request that Cruise Control will never take as it is; nil when there is none. A change
// of the spec is another request.
func (o *Observed) rejected() *field.Error {
	current, status := o.current(), &o.operation.Status
	if current.HTTPResponseCode == nil || current.ID != "" || !o.announced() ||
		current.State != v1beta1.CruiseControlTaskCompletedWithError || status.ObservedGeneration != o.generation {
		return nil
	}
	asked, at := o.asked()
	return field.Invalid(at.Child("operation"), asked.Operation,
		"change it, or make another one: "+current.ErrorMessage)
}
