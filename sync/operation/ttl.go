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

// longestTTL is ten years, in seconds: as good as never, and no more than a duration can hold.
const longestTTL = 10 * 365 * 24 * 60 * 60

// end tells how the operation has ended, and deletes it when its time is over. One that fails and is tried again, or is
// paused, has not ended. Source: Koperator, its controller for ttlSecondsAfterFinished.
func (p *plan) end() {
	p.ready, p.resync = p.verdict(), 0
	if p.task.Finished == nil {
		now := metav1.NewTime(p.facts.Now.UTC().Truncate(time.Second))
		p.task.Finished = &now
	}
	ttl := p.o.operation.Spec.TTLSecondsAfterFinished
	if ttl == nil {
		return
	}
	if !p.o.done() { // the end is written down before the operation goes
		p.resync = resyncAtOnce
		return
	}
	left := p.task.Finished.Add(time.Duration(min(*ttl, longestTTL)) * time.Second).Sub(p.facts.Now)
	if left > 0 {
		p.resync = left
		return
	}
	p.tell(sync.DeleteOperation{
		Namespace: p.o.operation.Namespace, Name: p.o.operation.Name, UID: string(p.o.operation.UID),
	})
	ready := p.ready
	p.refused = func(_ *v1alpha1.CruiseControlOperationStatus, err error) parent.Verdict {
		ready.Message = parent.Bounded(fmt.Sprintf("%s It is not deleted, though spec.ttlSecondsAfterFinished is over: %s",
			ready.Message, stopped(err.Error())))
		return ready
	}
}

// verdict is what an operation that has come to its end says of itself.
func (p *plan) verdict() parent.Verdict {
	if p.task.State == v1beta1.CruiseControlTaskCompletedWithError {
		return parent.IsNot(sync.Ready, sync.TaskFailed, fmt.Sprintf(
			"The task has failed, and spec.errorPolicy %s takes it for done: %s", v1alpha1.ErrorPolicyIgnore,
			stopped(p.task.ErrorMessage)))
	}
	switch {
	case p.sent.stops() && p.task.HTTPRequest == "":
		return parent.Is(sync.Ready, "Nothing was being executed, and so nothing was stopped.")
	case p.sent.stops():
		return parent.Is(sync.Ready, fmt.Sprintf("The execution of task %q has ended.", p.task.ID))
	case p.sent.dry() && len(p.task.Summary) == 0:
		return parent.Is(sync.Ready, "The dry run is completed, and Cruise Control does not show its proposal.")
	case p.sent.dry():
		return parent.Is(sync.Ready, "The proposal is in status.currentTask.summary; nothing was moved.")
	}
	return parent.Is(sync.Ready, "The task is completed.")
}
