package managed

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

func object(t *testing.T, text string) map[string]any {
	t.Helper()
	var o map[string]any
	if err := yaml.Unmarshal([]byte(text), &o); err != nil {
		t.Fatal(err)
	}
	return o
}

// world is one object and who manages it.
type world struct {
	*testing.T
	schema *Schema
	kind   string
	live   map[string]any
	fields Fields
}

func (w *world) apply(manager string, config map[string]any, force bool) error {
	w.Helper()
	merged, fields, err := w.schema.Applied(Object{w.kind, w.live, w.fields}, config, Applier{manager, force})
	if err == nil {
		w.live, w.fields = merged, fields
	}
	return err
}

func (w *world) update(manager string, updated map[string]any) {
	w.Helper()
	fields, err := w.schema.Updated(Object{w.kind, w.live, w.fields}, updated, manager)
	if err != nil {
		w.Fatal(err)
	}
	w.live, w.fields = updated, fields
}

// testdata/applied.yaml has the cases; e2e puts the same ones to a real API server.
func TestApplied(t *testing.T) {
	var cases []struct {
		Name  string `json:"name"`
		Kind  string `json:"kind"`
		Steps []struct {
			Apply  string         `json:"apply"`
			Update string         `json:"update"`
			Object map[string]any `json:"object"`
		} `json:"steps"`
		Want map[string]any `json:"want"`
		Gone []string       `json:"gone"`
	}
	text, err := os.ReadFile("testdata/applied.yaml")
	if err == nil {
		err = yaml.UnmarshalStrict(text, &cases)
	}
	if err != nil || len(cases) == 0 {
		t.Fatalf("%d cases: %v", len(cases), err)
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			w := &world{T: t, schema: NewSchema(), kind: c.Kind}
			for _, step := range c.Steps {
				if step.Update != "" {
					w.update(step.Update, step.Object)
				} else if err := w.apply(step.Apply, step.Object, true); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(c.Want, w.live); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestConflictsAreRefusedUnlessForced(t *testing.T) {
	w := &world{T: t, schema: NewSchema(), kind: "ConfigMap.v1"}
	if err := w.apply("us", object(t, `data: {a: "1"}`), false); err != nil {
		t.Fatal(err)
	}
	w.update("somebody", object(t, `data: {a: "2"}`))
	err := w.apply("us", object(t, `data: {a: "1"}`), false)
	if err == nil || !strings.Contains(err.Error(), ".data.a") {
		t.Errorf("got %v, want a conflict about .data.a", err)
	}
	if err := w.apply("us", object(t, `data: {a: "1"}`), true); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{".data.a"}, w.fields.Of("us", true)); diff != "" {
		t.Errorf("fields of the one who forced, -want +got:\n%s", diff)
	}
	if left := w.fields.Of("somebody", false); left != nil {
		t.Errorf("the other one still manages %v", left)
	}
}

func TestNobodyManagesWhatTheServerWrites(t *testing.T) {
	w := &world{T: t, schema: NewSchema(), kind: "Pod.v1"}
	w.update("us", object(t, `{apiVersion: v1, kind: Pod, metadata: {name: a, uid: u, labels: {l: "1"}},
		status: {phase: Pending}}`))
	if diff := cmp.Diff([]string{".metadata.labels", ".metadata.labels.l"}, w.fields.Of("us", false)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
