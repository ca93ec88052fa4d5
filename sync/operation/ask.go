package operation

import (
	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/sync"
)

// Ask asks Cruise Control for its state and its tasks for as long as there is something to start or to follow, and for
// the answer of the task until that is known. Each question takes one of the few places that Cruise Control has for
// active tasks, so whether it knows the brokers that are to be given replicas is asked before the request is written
// down, and not once more before it is sent.
func (o *Observed) Ask() sync.Questions {
	if !o.asks() {
		return sync.Questions{}
	}
	questions := &sync.CruiseControlQuestions{Connection: o.cluster.CruiseControl, State: true, Tasks: true}
	if o.wantsAnswer() {
		questions.Answers = []sync.TaskQuestion{o.taskQuestion()}
	}
	asked, _ := o.asked()
	questions.Goals = asked.waitsForGoals() && !o.running()
	questions.Brokers = asked.Operation == v1alpha1.OperationAddBroker && !o.running() && !o.aboutToStart()
	return sync.Questions{CruiseControl: questions}
}

func (o *Observed) asks() bool {
	_, unreachable := o.unreachable()
	asked, _ := o.asked()
	switch {
	case unreachable != "":
		return false
	case o.request.Finalizing:
		return o.letsGo() == ""
	case o.deleting || o.done() || asked.Operation == "":
		return false
	case o.held() || o.operation.Paused():
		return o.inFlight()
	}
	return o.unasked() == ""
}

// held says that the mistakes of the spec keep the operation from being begun. One that has begun is followed to its
// end all the same: others wait for that.
func (o *Observed) held() bool { return o.forgotten || len(o.mistakes) > 0 && !o.inFlight() }

// wantsAnswer says that the task's own answer, its proposal or its error, is asked for in this call.
func (o *Observed) wantsAnswer() bool { return o.current().ID != "" && len(o.current().Summary) == 0 }
