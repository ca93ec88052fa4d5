package sync

import (
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
)

func TestMalformedChildren(t *testing.T) {
	cases := map[string]struct{ children, want string }{
		"well": {
			`{"Pod.v1":{"a":{"metadata":{"name":"a"}}},"Widget.x.com/v1":{"w":` + widget("x.com/v1", "w") + `}}`, "",
		},
		"nameless": {`{"Pod.v1":{"a":{"metadata":{}}}}`, "a child of kind Pod lacks metadata.name"},
		"twice":    {`{"Pod.v1":{"a":{"metadata":{"name":"a"}},"b":{"metadata":{"name":"a"}}}}`, `two children of kind Pod`},
		"another version": {
			`{"Widget.x.com/v1":{"w":` + widget("x.com/v2", "w") + `}}`,
			"a child under Widget.x.com/v1 is Widget.x.com/v2",
		},
		"no kind": {`{"Widget.x.com/v1":{"w":{"metadata":{"name":"w"}}}}`, "a child under Widget.x.com/v1 is ."},
		// Listed as it calls itself, it would be listed beside the claim that is drawn.
		"a claim under another key": {
			`{"Claim.v1":{"c":{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"c"}}}}`,
			"a child under Claim.v1 is PersistentVolumeClaim.v1",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var children Children
			if err := json.Unmarshal([]byte(c.children), &children); err != nil {
				t.Fatal(err)
			}
			if got := children.Malformed(); (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func widget(apiVersion, name string) string {
	return `{"apiVersion":"` + apiVersion + `","kind":"Widget","metadata":{"name":"` + name + `"}}`
}

// Metacontroller records as ours all that it is told, and takes away what the next answer lacks. A volume's name can
// not be taken away.
func TestFrozenLeavesOutWhatKubernetesChose(t *testing.T) {
	for annotations, want := range map[string]string{
		`{"mountPath":"/a"}`: `"annotations":{"mountPath":"/a"}},"spec":{"volumeName":"v"}`,
		`{"mountPath":"/a","pv.kubernetes.io/bound-by-controller":"yes","volume.kubernetes.io/selected-node":"n"}`://
		`"annotations":{"mountPath":"/a"}},"spec":{}`,
	} {
		var claim PersistentVolumeClaim
		object := `{"metadata":{"name":"c","annotations":` + annotations + `},"spec":{"volumeName":"v"}}`
		if err := json.Unmarshal([]byte(object), &claim); err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(claim.Frozen().Object, json.Deterministic(true))
		if err != nil || !strings.Contains(string(got), want) {
			t.Errorf("%v: got %s, want %s", err, got, want)
		}
		if claim.Spec.VolumeName != "v" || len(claim.Annotations.Values) == 0 {
			t.Errorf("what was observed has changed: %+v", claim)
		}
	}
}

// A record that somebody has spoilt must not spoil the whole answer.
func TestFrozenRepeatsWhatIsRecorded(t *testing.T) {
	own := `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c","namespace":"n","labels":{},"annotations":{}},` +
		`"data":{"k":"v"}}`
	for record, want := range map[string]string{
		``:                      own,
		`{"data":{"k":"old"}}`:  `{"data":{"k":"old"}}`,
		`{"data":{"k":"old"}`:   own,
		`{"data":{"k":"old"}}}`: own,
		`{"a":1} {"a":2}`:       own,
		`{"a":1,"a":2}`:         own,
	} {
		annotations, err := json.Marshal(map[string]string{LastAppliedAnnotation: record})
		if err != nil {
			t.Fatal(err)
		}
		var observed ConfigMap
		text := `{"metadata":{"name":"c","namespace":"n","annotations":` + string(annotations) + `},"data":{"k":"v"}}`
		if err := json.Unmarshal([]byte(text), &observed); err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal([]Child{observed.Frozen(), observed.Frozen()}, Encoding())
		if err != nil || string(got) != "["+want+","+want+"]" {
			t.Errorf("recorded %q: got %s, %v", record, got, err)
		}
	}
}
