package simulator

import (
	"errors"
	"fmt"
	"strings"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/controls"
	"github.com/kompositor/kompositor/simulator/weather"
	"github.com/kompositor/kompositor/sync"
)

// operationKind is the kind of the resources that stand for tasks of Cruise Control.
const operationKind = "CruiseControlOperation.kafka.banzaicloud.io/v1alpha1"

// meddle is what goes wrong with a request to a Cruise Control, in this weather.
func (w *World) meddle(c *controls.Control, request controls.Request) controls.Mishap {
	w.requests = append(w.requests, request)
	if w.strikes(weather.ControlRestart) {
		c.Restart()
	}
	if w.strikes(weather.ControlDown) {
		c.Serve(false)
		w.later(outage, func() { c.Serve(true) })
		return controls.Mishap{Unreached: true}
	}
	mishap := controls.Mishap{Unreached: w.strikes(weather.ControlUnreached)}
	if mishap.Unreached {
		return mishap
	}
	if request.Changes && w.strikes(weather.ControlLate) {
		return controls.Mishap{Later: w.arrivesLate}
	}
	restarts := request.Changes && w.strikes(weather.ControlRestarted)
	mishap.Unheard = request.Changes && w.strikes(weather.ControlUnheard) || restarts
	mishap.Then = func() {
		if restarts {
			c.Restart()
		}
		if c.Executes() && w.strikes(weather.TaskFails) {
			c.Fail()
		}
		if w.strikes(weather.KilledAsking) {
			w.ends = len(w.commands)
		}
	}
	return mishap
}

// arrivesLate has a request to a Cruise Control carried out some ticks later. By then its task may have been started
// again, another one may be executed, and its operation may be gone: who sent it could not know, and is not blamed.
func (w *World) arrivesLate(carryOut func() (begun []string)) {
	w.later(1+w.storm.Pick(weather.ControlLate, lateBy), func() {
		breaches := len(w.laws.breaches)
		for _, task := range carryOut() {
			w.denied[task] = true
		}
		w.laws.excuse(startedOnce, breaches)
	})
}

// outage is how long a Cruise Control is away that the weather takes down, in ticks.
const outage = 60

// Requests are the requests to Cruise Controls that were sent so far.
func (w *World) Requests() []controls.Request { return w.requests }

// changeControl starts a cluster's Cruise Control, or does something to it or to the operations that it executes.
func (w *World) changeControl(arguments map[string]string) error {
	if arguments["do"] == "delete-operations" {
		return w.deleteExecuted()
	}
	if err := w.controls.Start(w.parentName()); err != nil {
		return err
	}
	return w.controls.Do(w.parentName(), arguments["do"])
}

// deleteExecuted deletes the operations whose tasks are under way, as a user does who wants them to end.
func (w *World) deleteExecuted() error {
	var failed error
	for _, execution := range w.controls.Executions() {
		if operation, exists := w.controls.OperationOf(execution.Reason); exists {
			failed = errors.Join(failed, w.Delete(apiserver.KeyOf(operation)))
		}
	}
	return failed
}

// performControl carries out a command for a Cruise Control or for its operations. It says whether the command was one.
func (w *World) performControl(command sync.Command) (ours bool, err error) {
	deletion, ok := command.(sync.DeleteOperation)
	if !ok {
		return w.controls.Perform(command)
	}
	key := apiserver.Key{Kind: operationKind, Namespace: deletion.Namespace, Name: deletion.Name}
	err = w.Server.As("kompositor").Delete(key, apiserver.DeleteOptions{UID: deletion.UID})
	if apiserver.IsNotFound(err) {
		err = nil
	}
	return true, err
}

// Operations lists the operations with their tasks.
func (w *World) Operations() string {
	var b strings.Builder
	for _, o := range w.Server.List(operationKind) {
		task := apiserver.Map(o, "status", "currentTask")
		fmt.Fprintf(&b, "%s: %s %s, retries %d, failed tasks %d, summary %v\n", apiserver.Name(o),
			apiserver.String(task, "operation"), orElse(apiserver.String(task, "state"), "waits"),
			apiserver.Int(o, "status", "retryCount"), len(apiserver.List(o, "status", "failedTasks")),
			apiserver.Map(task, "summary"))
	}
	return b.String()
}
