package cruisecontrol_test

import (
	"strings"
	"testing"

	"github.com/kompositor/kompositor/sync"
)

// defaultCapacity is what Cruise Control takes where nobody says otherwise. Every request is one task until its scanner
// passes.
const defaultCapacity = 5

// What the hook asks and sends to start a task fits into the places of a Cruise Control that nobody has given more: two
// questions, the look for the task, and the task.
func TestStartFitsIntoTheDefaultCapacity(t *testing.T) {
	p := play(t)
	p.model.MostActive = defaultCapacity
	facts := p.ask(sync.CruiseControlQuestions{State: true, Goals: true, Tasks: true})
	if facts.AtCapacity || facts.State.Why() != "" || facts.Tasks.Why() != "" {
		t.Fatalf("got %q and %q", facts.State.Why(), facts.Tasks.Why())
	}
	if err := p.start("add_broker", "uid-1/1", emptying("1")); err != nil {
		t.Error(err)
	}
}

func TestAtCapacity(t *testing.T) {
	p := play(t)
	p.model.MostActive = 2
	facts := p.ask(sync.CruiseControlQuestions{State: true, Goals: true, Tasks: true, Brokers: true})
	why := facts.State.Why() + facts.Tasks.Why() + facts.Brokers.Why()
	if !facts.AtCapacity || strings.Count(why, "as many tasks as it takes") != 1 {
		t.Errorf("at capacity: %t, why: %q", facts.AtCapacity, why)
	}
	for range 5 {
		p.model.Step()
	}
	if facts := p.ask(sync.CruiseControlQuestions{State: true, Tasks: true}); facts.AtCapacity {
		t.Error("the places are not free again after 5 s")
	}
}
