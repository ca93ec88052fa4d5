package operation

import (
	"fmt"
	"time"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/parent"
)

// How soon to look again. Changes of the operation, its cluster and the other operations wake Metacontroller by
// themselves; these are for what Cruise Control does meanwhile.
const (
	resyncAtOnce       = time.Second
	resyncAfterCommand = 2 * time.Second
	resyncWhileRunning = 10 * time.Second // Koperator's
	resyncWhileWaiting = 15 * time.Second
	retryAfterRefusal  = 30 * time.Second
	// Cruise Control frees the places of active tasks every 5 s. Source: UserTaskManager, its scanner.
	resyncAtCapacity = 6 * time.Second
)

// plan is a decision in the making.
type plan struct {
	o     *Observed
	facts sync.Facts
	// asked is what is started next.
	asked task
	// status is changed here; task is its current task.
	status *v1alpha1.CruiseControlOperationStatus
	task   *v1alpha1.CruiseControlTask
	// sent is what the task was started with.
	sent task

	reachable, ready parent.Verdict
	// because is why the task was seen to have failed in this call.
	because  sync.Reason
	commands []sync.Command
	// refused is the status when a command was not carried out; nil for the same as status.
	refused func(*v1alpha1.CruiseControlOperationStatus, error) parent.Verdict
	// retryWhen says how soon a command that was not carried out is looked at again; nil for the same in every case.
	retryWhen func(sync.Outcomes) time.Duration
	resync    time.Duration
}

func (o *Observed) begin(facts sync.Facts) *plan {
	p := &plan{o: o, facts: facts, status: o.operation.Status.DeepCopy(), sent: o.underWay()}
	p.asked, _ = o.asked()
	if p.status.CurrentTask == nil {
		p.status.CurrentTask = &v1alpha1.CruiseControlTask{}
	}
	p.task = p.status.CurrentTask
	p.status.ObservedGeneration, p.status.ErrorPolicy = o.object.Generation, o.operation.Spec.OnError()
	p.reachable = parent.Unknown(sync.CruiseControlReachable, sync.NotAsked, "Cruise Control is not asked.")
	return p
}

// Plan decides. Deletions and mistakes are their own short stories; else: see where the task stands, and start it when
// it is its turn.
func (o *Observed) Plan(facts sync.Facts) sync.Decision {
	switch {
	case o.request.Finalizing:
		return o.finalize(facts)
	case o.deleting:
		// The operation was let go and waits for somebody else's finalizer.
		return sync.Decision{Children: o.request.Children.Hold(), Status: &o.operation.Status}
	case o.held():
		return o.holdInvalid(facts)
	}
	p := o.begin(facts)
	p.plan()
	return p.decision()
}

func (p *plan) plan() {
	reason, unreachable := p.o.unreachable()
	switch {
	case p.asked.Operation == "":
		p.status.CurrentTask = nil
		p.ready = parent.Unknown(sync.Ready, sync.NotAsked, "Nothing is asked for: name it in spec.operation.")
	case p.o.done():
		p.end()
	case unreachable != "":
		p.show()
		p.waits(reason, unreachable, resyncWhileWaiting)
	case p.o.operation.Paused() && !p.o.inFlight():
		p.show()
		p.paused()
	case p.o.unasked() != "":
		p.show()
		p.waits(sync.OperationQueued, p.o.unasked(), resyncWhileWaiting)
	case !p.look():
		p.show()
	case p.sent.stops():
		p.stop()
	default:
		p.run()
	}
}

// run follows the task, and starts it, or the next attempt, when the time has come.
func (p *plan) run() {
	p.follow()
	switch p.task.State {
	case v1beta1.CruiseControlTaskCompleted:
		p.end()
	case v1beta1.CruiseControlTaskCompletedWithError:
		p.retry()
	case v1beta1.CruiseControlTaskActive, v1beta1.CruiseControlTaskInExecution:
	default:
		p.start()
	}
}

// look sees whether Cruise Control answers with its tasks. Without them nothing is started and nothing is taken for
// lost.
func (p *plan) look() bool {
	control := &p.facts.CruiseControl
	why := control.State.Why()
	if _, known := control.Tasks.Get(); !known {
		why = control.Tasks.Why()
	}
	if why == "" {
		p.reachable = parent.Is(sync.CruiseControlReachable, "Cruise Control answers.")
		return true
	}
	if control.AtCapacity {
		p.reachable = parent.Is(sync.CruiseControlReachable, "Cruise Control answers.")
		p.waits(sync.CruiseControlAtCapacity, "Cruise Control has as many active tasks as it takes, and is asked again",
			resyncAtCapacity)
		p.keepSaying(sync.TaskRunning)
		return false
	}
	p.reachable = parent.IsNot(sync.CruiseControlReachable, sync.CruiseControlUnknown,
		"Cruise Control can not be asked: "+stopped(why))
	p.waits(sync.CruiseControlUnknown, "what Cruise Control does is not known, and nothing is started: "+why,
		resyncWhileWaiting)
	return false
}

// said says that Ready has had a reason, in the last call or in this one.
func (p *plan) said(reason sync.Reason) bool {
	for i := range p.o.operation.Status.Conditions {
		if c := &p.o.operation.Status.Conditions[i]; c.Type == string(sync.Ready) && c.Reason == string(reason) {
			return p.because == "" || p.because == reason
		}
	}
	return p.because == reason
}

// keepSaying leaves what Ready says as it was, if it was that: each change is a call for every operation of the
// cluster, and each of these asks Cruise Control.
func (p *plan) keepSaying(reason sync.Reason) {
	for i := range p.o.operation.Status.Conditions {
		if c := &p.o.operation.Status.Conditions[i]; c.Type == string(sync.Ready) && c.Reason == string(reason) {
			p.ready = parent.IsNot(sync.Ready, reason, c.Message)
		}
	}
}

// show makes what is asked for visible before it has begun, as Koperator does.
func (p *plan) show() {
	if p.task.State == "" && !p.o.announced() {
		p.task.Operation, p.task.Parameters = p.asked.Operation, p.asked.Parameters
	}
}

// waits says in a clause what is awaited.
func (p *plan) waits(reason sync.Reason, why string, resync time.Duration) {
	p.ready, p.resync = parent.IsNot(sync.Ready, reason, parent.Sentence(why)), resync
}

func (p *plan) waitsf(reason sync.Reason, resync time.Duration, format string, args ...any) {
	p.waits(reason, fmt.Sprintf(format, args...), resync)
}

// tell has a command carried out.
func (p *plan) tell(command sync.Command) { p.commands = append(p.commands, command) }

func (p *plan) toCruiseControl() sync.ToCruiseControl {
	return sync.ToCruiseControl{Connection: p.o.cluster.CruiseControl}
}
