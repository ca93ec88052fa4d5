package judge

import (
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/kompositor/kompositor/cases"
	"github.com/kompositor/kompositor/sync"
)

// laws checks what must hold of every answer of every kind, whatever a golden says.
func (try *Trial) laws(t *testing.T, c *cases.Case) {
	t.Helper()
	decision := try.Decide(t, c.Request, c.Facts)
	straight := Encode(t, decision.Respond(nil))
	reversed := Encode(t, try.Decide(t, reverseMembers(t, c.Request), c.Facts).Respond(nil))
	if diff := cmp.Diff(straight, reversed); diff != "" {
		t.Errorf("law 6: the answer depends on the order of the request's members:\n%s", diff)
	}
	checkChildren(t, decision)
	checkConditions(t, decision.Status)
	if decision.StatusAfter != nil {
		outcomes := make(sync.Outcomes, 0, len(decision.Commands))
		for _, command := range decision.Commands {
			outcomes = append(outcomes, sync.Outcome{Command: command, Err: errUntried})
		}
		checkConditions(t, decision.StatusAfter(outcomes))
	}
}

// Decide plans a request, and checks that asking and planning change nothing of it.
func (try *Trial) Decide(t *testing.T, body jsontext.Value, facts sync.Facts) *sync.Decision {
	t.Helper()
	var request sync.Request
	if err := json.Unmarshal(body, &request); err != nil {
		t.Fatal(err)
	}
	observed, err := try.Hook.Observe(request)
	if err != nil {
		t.Fatal(err)
	}
	shown, ok := observed.(interface{ Request() *sync.Request })
	if !ok {
		t.Fatalf("%T does not show its request, so nobody can check that it stays as it was", observed)
	}
	before := Encode(t, shown.Request())
	observed.Ask()
	decision := observed.Plan(facts)
	if diff := cmp.Diff(before, Encode(t, shown.Request())); diff != "" {
		t.Errorf("law 6: the request was changed:\n%s", diff)
	}
	return &decision
}

// Encode writes a value as the server does.
func Encode(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value, sync.Encoding(), jsontext.AllowDuplicateNames(false))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// checkChildren checks the children as Metacontroller and the API server will see them.
func checkChildren(t *testing.T, d *sync.Decision) {
	t.Helper()
	for _, child := range d.Children {
		text := Encode(t, child)
		var object struct {
			APIVersion string `json:"apiVersion"`
			Kind       string `json:"kind"`
			Metadata   struct {
				Name            string            `json:"name"`
				GenerateName    string            `json:"generateName"`
				UID             string            `json:"uid"`
				ResourceVersion string            `json:"resourceVersion"`
				Labels          map[string]string `json:"labels"`
				Annotations     map[string]string `json:"annotations"`
			} `json:"metadata"`
			Status jsontext.Value `json:"status"`
		}
		if err := json.Unmarshal([]byte(text), &object); err != nil {
			t.Errorf("%s: %v", child.Key(), err)
			continue
		}
		m := object.Metadata
		switch {
		case object.APIVersion != child.APIVersion || object.Kind != child.Kind || m.Name != child.Name:
			t.Errorf("%s is sent as %s %s %s", child.Key(), object.APIVersion, object.Kind, m.Name)
		case m.UID != "" || m.ResourceVersion != "" || m.GenerateName != "" || len(object.Status) > 0:
			t.Errorf("%s states what only the API server may: %s", child.Key(), text)
		case m.Labels == nil || m.Annotations == nil:
			t.Errorf("%s lacks the object labels or annotations: leaving one out later deletes the live one", child.Key())
		case strings.Contains(text, ":null"):
			t.Errorf("%s holds a null, which never settles: %s", child.Key(), text)
		}
	}
}

// checkConditions checks that a status tells in conditions of the closed set, each once, sorted, with a message.
func checkConditions(t *testing.T, status any) {
	t.Helper()
	var told struct {
		Conditions []struct {
			Type    sync.ConditionType `json:"type"`
			Reason  sync.Reason        `json:"reason"`
			Message string             `json:"message"`
		} `json:"conditions"`
	}
	if err := json.Unmarshal([]byte(Encode(t, status)), &told); err != nil {
		t.Fatal(err)
	}
	for i, condition := range told.Conditions {
		switch {
		case !slices.Contains(sync.ConditionTypes(), condition.Type):
			t.Errorf("%s is no condition that there is", condition.Type)
		case i > 0 && told.Conditions[i-1].Type >= condition.Type:
			t.Errorf("condition %s stands behind %s", condition.Type, told.Conditions[i-1].Type)
		case condition.Reason == "" || condition.Message == "":
			t.Errorf("condition %s (%s) tells nothing: %q", condition.Type, condition.Reason, condition.Message)
		}
	}
}
