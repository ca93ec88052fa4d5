package apply

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func decode(t *testing.T, text string) map[string]any {
	t.Helper()
	if text == "" {
		return nil
	}
	object, err := Decode([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return object
}

// The cases restate docs/src/api/apply.md of Metacontroller, one rule each.
func TestMerge(t *testing.T) {
	cases := map[string]struct{ live, last, desired, want string }{
		"a field of others is kept": {
			`{"a":1,"theirs":2}`, `{"a":1}`, `{"a":3}`, `{"a":3,"theirs":2}`,
		},
		"a field no longer desired is removed with everything below it": {
			`{"m":{"ours":1,"theirs":2},"b":1}`, `{"m":{"ours":1}}`, `{}`, `{"b":1}`,
		},
		"lists of objects with a common key merge by that key and keep the live order": {
			`{"l":[{"name":"x","d":1},{"name":"y"}]}`, `{"l":[{"name":"y"}]}`, `{"l":[{"name":"z"},{"name":"x","v":2}]}`,
			`{"l":[{"name":"x","d":1,"v":2},{"name":"z"}]}`,
		},
		"port wins over name": {
			`{"l":[{"port":1,"name":"a","protocol":"TCP"}]}`, `{"l":[{"port":1,"name":"a"}]}`, `{"l":[{"port":1,"name":"b"}]}`,
			`{"l":[{"port":1,"name":"b","protocol":"TCP"}]}`,
		},
		"an item without the key makes the list atomic": {
			`{"l":[{"name":"x","d":1}]}`, ``, `{"l":[{"name":"x"},{"key":"k"}]}`, `{"l":[{"name":"x"},{"key":"k"}]}`,
		},
		"lists of scalars are replaced": {
			`{"l":["a","b"]}`, `{"l":["a"]}`, `{"l":["c"]}`, `{"l":["c"]}`,
		},
		"lists without a known key are replaced": {
			`{"tolerations":[{"key":"a"},{"key":"b"}]}`, ``, `{"tolerations":[{"key":"a"}]}`, `{"tolerations":[{"key":"a"}]}`,
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			live := decode(t, c.live)
			got, err := Merge(live, decode(t, c.last), decode(t, c.desired))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(decode(t, c.want), got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if diff := cmp.Diff(decode(t, c.live), live); diff != "" {
				t.Errorf("the observed object was changed:\n%s", diff)
			}
		})
	}
}

func TestMergeRefusesOtherTypes(t *testing.T) {
	for name, c := range map[string]struct{ live, desired string }{
		"object to list":   {`{"a":{"b":1}}`, `{"a":[1]}`},
		"list to object":   {`{"a":[1]}`, `{"a":{"b":1}}`},
		"object to scalar": {`{"a":{"b":1}}`, `{"a":1}`},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := Merge(decode(t, c.live), nil, decode(t, c.desired)); err == nil {
				t.Errorf("got %v, want an error", got)
			}
		})
	}
}

func TestUpdated(t *testing.T) {
	desired := decode(t, `{"kind":"ConfigMap","metadata":{"name":"a","labels":{"l":"1"}},"data":{"k":"v"}}`)
	created, err := Created(desired)
	if err != nil {
		t.Fatal(err)
	}
	observed := CopyObject(created)
	metadata := nested(observed, "metadata")
	metadata["uid"], metadata["resourceVersion"] = "u", "5"
	if _, changed, err := Updated(observed, desired); err != nil || changed {
		t.Errorf("the same desired object: changed=%t, err=%v", changed, err)
	}
	echo := CopyObject(desired)
	nested(echo, "metadata")["resourceVersion"] = "4"
	if _, changed, _ := Updated(observed, echo); !changed {
		t.Error("an echoed resourceVersion lands in the annotation and must count as a change")
	}
	other := CopyObject(desired)
	nested(other, "data")["k"] = "w"
	other["status"] = map[string]any{"phase": "Mine"}
	updated, changed, err := Updated(observed, other)
	if err != nil || !changed {
		t.Fatalf("another value: changed=%t, err=%v", changed, err)
	}
	if _, ok := updated["status"]; ok {
		t.Error("a hook must not be able to write a child's status")
	}
	if nested(updated, "metadata")["uid"] != "u" || nested(updated, "data")["k"] != "w" {
		t.Errorf("updated to %v", updated)
	}
}
