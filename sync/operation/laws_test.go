package operation_test

import (
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/kompositor/kompositor/cases"
	"github.com/kompositor/kompositor/cases/judge"
	"github.com/kompositor/kompositor/sync"
)

// checkIgnorance is law 4: with every fact unknown Cruise Control is told nothing, no task is taken for lost, and no
// operation goes that would not go with the facts.
func checkIgnorance(t *testing.T, c *cases.Case) {
	t.Helper()
	ignorant := trial().Decide(t, c.Request, sync.Facts{Now: c.Facts.Now})
	known := trial().Decide(t, c.Request, c.Facts)
	for _, command := range ignorant.Commands {
		if command.To() == sync.AdapterCruiseControl {
			t.Errorf("law 4: nothing is known, and Cruise Control is told to %s", command)
		}
	}
	if ignorant.Finalized && !known.Finalized {
		t.Error("law 4: the operation goes only when nothing is known")
	}
	if before, after := stateOf(t, c), statusOf(t, ignorant.Status).State; before != "" && after != before {
		t.Errorf("law 4: nothing is known, and the task goes from %s to %s", before, after)
	}
}

// checkStarts is law 9: a task is started only while Cruise Control is known to have none of that reason and to move
// nothing, with a request that the status has shown before, and the next call, should the answer be lost, says the
// same.
func checkStarts(t *testing.T, c *cases.Case) {
	t.Helper()
	decision := trial().Decide(t, c.Request, c.Facts)
	starts := 0
	for _, command := range decision.Commands {
		start, ok := command.(sync.StartTask)
		if !ok {
			continue
		}
		starts++
		tasks, known := c.Facts.CruiseControl.Tasks.Get()
		for _, task := range tasks {
			if task.Reason == start.Reason {
				t.Errorf("law 9: %s is started, and is there already", start.Reason)
			}
		}
		state, executor := c.Facts.CruiseControl.State.Get()
		dry := strings.EqualFold(start.Parameters["dryrun"], "true")
		if !known || !executor || !dry && !state.Idle() {
			t.Errorf("law 9: %s is started beside what is executed, or in ignorance", start.Reason)
		}
		if !strings.Contains(string(c.Request), strings.ReplaceAll("reason="+start.Reason, "/", "%2F")) {
			t.Errorf("law 9: the request of %s was not written down before it is sent", start.Reason)
		}
	}
	if starts > 1 {
		t.Errorf("law 9: %d tasks are started in one call", starts)
	}
}

// shown is what a status tells of its task.
type shown struct{ State string }

func statusOf(t *testing.T, status any) shown {
	t.Helper()
	var told struct {
		Task shown `json:"currentTask"`
	}
	if err := json.Unmarshal([]byte(judge.Encode(t, status)), &told, json.MatchCaseInsensitiveNames(true)); err != nil {
		return shown{} // a status that is no status is held as it came
	}
	return told.Task
}

func stateOf(t *testing.T, c *cases.Case) string {
	t.Helper()
	var request struct {
		Parent struct {
			Status any `json:"status"`
		} `json:"parent"`
	}
	if err := json.Unmarshal(c.Request, &request); err != nil {
		t.Fatal(err)
	}
	return statusOf(t, request.Parent.Status).State
}
