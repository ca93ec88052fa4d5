package cluster_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/kompositor/kompositor/cases"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/cluster"
)

// checkLaws checks what must hold of every answer, whatever a golden says.
func checkLaws(t *testing.T, c *cases.Case) {
	t.Helper()
	decision := decide(t, c.Request, c.Facts)
	checkOrderOfRequest(t, c)
	checkChildren(t, decision)
	checkIgnorance(t, c)
	checkCommands(t, c, decision)
}

// checkCommands is that Kafka is told something only for a cluster that lives, is not paused and has a valid spec, only
// when this very cluster answers, and nothing while nothing is known.
func checkCommands(t *testing.T, c *cases.Case, d *sync.Decision) {
	t.Helper()
	var request struct {
		Parent struct {
			Metadata struct {
				Annotations map[string]string `json:"annotations"`
			} `json:"metadata"`
			Status struct {
				ClusterID string `json:"clusterID"`
			} `json:"status"`
		} `json:"parent"`
	}
	if err := json.Unmarshal(c.Request, &request); err != nil {
		t.Fatal(err)
	}
	answers, known := c.Facts.Kafka.Cluster.Get()
	ours := request.Parent.Status.ClusterID
	for _, command := range d.Commands {
		if _, writes := command.(sync.KafkaCommand); !writes {
			continue
		}
		switch {
		case c.Hook != cases.HookSync:
			t.Errorf("a cluster that is deleted would %s", command)
		case request.Parent.Metadata.Annotations[cluster.AnnotationPause] == "true":
			t.Errorf("a cluster that is paused would %s", command)
		case slices.Contains(d.Reasons, sync.InvalidSpec):
			t.Errorf("a cluster whose spec is invalid would %s", command)
		case !known || ours != "" && answers.ID != ours:
			t.Errorf("a cluster of which is not known that it is ours would %s", command)
		}
	}
	if c.Hook == cases.HookSync {
		for _, command := range decide(t, c.Request, sync.Facts{Now: c.Facts.Now}).Commands {
			t.Errorf("law 4: on no facts it would %s", command)
		}
	}
}

// decide plans a request, and checks that neither request nor facts are changed by it.
func decide(t *testing.T, body jsontext.Value, facts sync.Facts) *sync.Decision {
	t.Helper()
	var request sync.Request
	if err := json.Unmarshal(body, &request); err != nil {
		t.Fatal(err)
	}
	observed, err := cluster.Hook{}.Observe(request)
	if err != nil {
		t.Fatal(err)
	}
	before := encode(t, observed.(*cluster.Observed).Request())
	observed.Ask()
	decision := observed.Plan(facts)
	if diff := cmp.Diff(before, encode(t, observed.(*cluster.Observed).Request())); diff != "" {
		t.Errorf("law 6: the request was changed:\n%s", diff)
	}
	return &decision
}

func encode(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value, sync.Encoding(), jsontext.AllowDuplicateNames(false))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// checkOrderOfRequest answers the same request with the members of every object in the opposite order.
func checkOrderOfRequest(t *testing.T, c *cases.Case) {
	t.Helper()
	straight := encode(t, decide(t, c.Request, c.Facts).Respond(nil))
	reversed := encode(t, decide(t, reverseMembers(t, c.Request), c.Facts).Respond(nil))
	if diff := cmp.Diff(straight, reversed); diff != "" {
		t.Errorf("law 6: the answer depends on the order of the request's members:\n%s", diff)
	}
}

// reverseMembers writes every JSON object with its members in the opposite order.
func reverseMembers(t *testing.T, value jsontext.Value) jsontext.Value {
	t.Helper()
	switch value.Kind() {
	case '{':
		return reverseObject(t, value)
	case '[':
		var items []jsontext.Value
		if err := json.Unmarshal(value, &items); err != nil {
			t.Fatal(err)
		}
		for i := range items {
			items[i] = reverseMembers(t, items[i])
		}
		return jsontext.Value("[" + string(bytes.Join(texts(items), []byte(","))) + "]")
	}
	return value
}

func reverseObject(t *testing.T, value jsontext.Value) jsontext.Value {
	t.Helper()
	var members []jsontext.Value
	dec := jsontext.NewDecoder(bytes.NewReader(value))
	if _, err := dec.ReadToken(); err != nil {
		t.Fatal(err)
	}
	for dec.PeekKind() != '}' {
		name, err := dec.ReadValue()
		if err != nil {
			t.Fatal(err)
		}
		name = name.Clone()
		content, err := dec.ReadValue()
		if err != nil {
			t.Fatal(err)
		}
		members = append(members, jsontext.Value(string(name)+":"+string(reverseMembers(t, content.Clone()))))
	}
	slices.Reverse(members)
	return jsontext.Value("{" + string(bytes.Join(texts(members), []byte(","))) + "}")
}

func texts(values []jsontext.Value) [][]byte {
	text := make([][]byte, len(values))
	for i := range values {
		text[i] = values[i]
	}
	return text
}

// checkChildren checks the children as Metacontroller and the API server will see them.
func checkChildren(t *testing.T, d *sync.Decision) {
	t.Helper()
	for _, child := range d.Children {
		text := encode(t, child)
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

// checkIgnorance is law 4: with every fact unknown, no more children are let go than with the facts, and of the
// observed Pods and claims of a cluster that is to live on only those go whose process has ended.
func checkIgnorance(t *testing.T, c *cases.Case) {
	t.Helper()
	if c.Hook != cases.HookSync {
		return
	}
	ignorant := decide(t, c.Request, sync.Facts{Now: c.Facts.Now})
	known := decide(t, c.Request, c.Facts)
	for _, release := range ignorant.Releases {
		if !slices.Contains(known.Releases, release) {
			t.Errorf("law 4: %s %s is let go only when nothing is known", release.Kind, release.Name)
		}
		if release.Kind != "Pod" {
			t.Errorf("law 4: %s %s is let go on no facts", release.Kind, release.Name)
		}
	}
}
