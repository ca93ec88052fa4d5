package simulator

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/kubelet"
)

// quietTicks is how long nothing may change before a world counts as settled.
const quietTicks = 15

// confirmations are how often a settled world is asked again.
const confirmations = 5

// Goal is what a run waits for.
type Goal func(*World) bool

// Settled waits until nothing changes any more. It then asks the hook some times more: a settled world writes nothing.
func Settled(w *World) bool { return Quiet(w) && w.confirmQuiet() }

// Quiet waits until nothing has changed for a while.
func Quiet(w *World) bool {
	for _, m := range w.Metacontrollers {
		if !m.Idle() {
			return false
		}
	}
	return len(w.due) == 0 && w.quiet() >= quietTicks
}

// Ready waits until the parent says Ready for the spec as it is now, and the world has settled.
func Ready(w *World) bool { return w.ConditionOf("Ready") == "True" && w.Current() && Settled(w) }

// Balanced waits until the parent is Ready and Cruise Control has done all that the status says of brokers and disks.
func Balanced(w *World) bool {
	for _, state := range apiserver.Map(w.Parent(), "status", "brokersState") {
		broker, _ := state.(apiserver.Object)
		words := []string{apiserver.String(broker, "gracefulActionState", "cruiseControlState")}
		for _, volume := range apiserver.Map(broker, "gracefulActionState", "volumeStates") {
			state, _ := volume.(apiserver.Object)
			words = append(words, apiserver.String(state, "cruiseControlVolumeState"))
		}
		if slices.ContainsFunc(words, func(word string) bool { return !strings.HasSuffix(word, "Succeeded") }) {
			return false
		}
	}
	return Ready(w)
}

// Gone waits until the parent and everything that it owned is gone.
func Gone(w *World) bool { return w.Parent() == nil && Settled(w) }

// Condition waits until the parent has a condition, written Type=Status, for the spec as it is now.
func Condition(text string) Goal {
	kind, status, _ := strings.Cut(text, "=")
	return func(w *World) bool { return w.Current() && w.ConditionOf(kind) == status }
}

// RunUntil lets time pass until the goal is reached. Its error says what the world still waits for after the bound.
func (w *World) RunUntil(goal Goal, bound int) error {
	for range bound {
		w.Step()
		if goal(w) {
			return nil
		}
	}
	return fmt.Errorf("not reached within %d ticks: %s", bound, w.Waiting())
}

// Run lets time pass.
func (w *World) Run(ticks int) {
	for range ticks {
		w.Step()
	}
}

// quiet is the number of ticks since the last change of any object.
func (w *World) quiet() int {
	writes := w.Server.Writes()
	for i := len(writes) - 1; i >= 0; i-- {
		if writes[i].Changed() {
			return int(w.Now().Sub(writes[i].At).Seconds())
		}
	}
	return w.tick
}

// confirmQuiet is the law against hot loops: more calls of a settled world write nothing. A call before them learns
// what has changed in Kafka since it was last asked, up to a minute ago, and others may follow from that: a world in
// which it writes was not settled. One that goes on writing never will be.
func (w *World) confirmQuiet() bool {
	w.laws.looked(noHotLoop)
	for round := range confirmations {
		if wrote := w.writesWhenAsked(); wrote == "" && round > 0 {
			return false
		} else if wrote == "" {
			break
		} else if round == confirmations-1 {
			w.laws.broken(noHotLoop, "asked again and again, a settled world goes on: %s", wrote)
			return true
		}
	}
	for range confirmations {
		if wrote := w.writesWhenAsked(); wrote != "" {
			w.laws.broken(noHotLoop, "a settled world: %s", wrote)
		}
	}
	return true
}

// writesWhenAsked says what Metacontroller writes, or the service commands, when every parent is asked about once;
// empty for nothing.
func (w *World) writesWhenAsked() string {
	writes, commands := len(w.Server.Writes()), len(w.commands)
	w.askAll()
	if len(w.commands) > commands {
		return fmt.Sprintf("commands were performed: %v", w.commands[commands:])
	}
	for _, write := range w.Server.Writes()[writes:] {
		if write.Actor == "metacontroller" {
			return fmt.Sprintf("metacontroller %s %s", write.Verb, write.Key)
		}
	}
	return ""
}

// askAll has every parent asked about once. Such calls come one after the other in life, not all in one second.
func (w *World) askAll() {
	w.controls.Scan()
	for _, m := range w.Metacontrollers {
		m.Force()
		m.Step()
	}
}

// Current says that the parent's status was computed from its present spec.
func (w *World) Current() bool {
	parent := w.Parent()
	generation := apiserver.Int(parent, "metadata", "generation")
	return parent != nil && apiserver.Int(parent, "status", "observedGeneration") == generation
}

// ConditionOf returns the status of one of the parent's conditions, "" when it has none of that type.
func (w *World) ConditionOf(kind string) string {
	for _, condition := range apiserver.List(w.Parent(), "status", "conditions") {
		if apiserver.String(condition, "type") == kind {
			return apiserver.String(condition, "status")
		}
	}
	return ""
}

// Waiting says what a world that has not reached its goal waits for.
func (w *World) Waiting() string {
	if w.last != nil && w.last.Err != nil {
		return fmt.Sprintf("the last pass failed: %v", w.last.Err)
	}
	var waits []string
	for _, condition := range apiserver.List(w.Parent(), "status", "conditions") {
		if apiserver.String(condition, "status") != "True" {
			waits = append(waits, fmt.Sprintf("%s=%s (%s): %s", condition["type"], condition["status"], condition["reason"],
				orElse(apiserver.String(condition, "message"), "it gives no message")))
		}
	}
	for _, pod := range w.Server.List(podKind) {
		if text := kubelet.Text(pod); text != "Ready" {
			waits = append(waits, fmt.Sprintf("%s is %s", apiserver.KeyOf(pod), text))
		}
	}
	if len(waits) == 0 {
		return fmt.Sprintf("the last change was %d ticks ago", w.quiet())
	}
	return strings.Join(waits, "; ")
}

// splitDocuments splits a multi-document YAML text and drops the empty documents.
func splitDocuments(text string) []string {
	var documents []string
	for document := range strings.SplitSeq("\n"+text, "\n---") {
		lines := strings.Split(document, "\n")
		empty := true
		for _, line := range lines {
			line = strings.TrimSpace(line)
			empty = empty && (line == "" || strings.HasPrefix(line, "#"))
		}
		if !empty {
			documents = append(documents, document)
		}
	}
	return documents
}
