package apply

import (
	"reflect"
	"testing"
)

// Equal is reflect.DeepEqual for JSON values, those among them that look alike.
func TestEqual(t *testing.T) {
	shared := map[string]any{"a": []any{int64(1), "x"}}
	values := []any{
		nil, "", "x", int64(0), int64(1), 1.5, 1.0, true, false, 1,
		map[string]any(nil),
		map[string]any{},
		map[string]any{"a": nil},
		map[string]any{"b": nil},
		shared,
		map[string]any{"a": []any{int64(1), "x"}},
		map[string]any{"a": []any{int64(1), "y"}},
		map[string]any{"a": map[string]any{"b": true}},
		map[string]any{"a": map[string]any{"b": false}},
		[]any(nil),
		[]any{},
		[]any{nil},
		[]any{shared},
		[]any{shared, shared},
		[]any{int64(1), "x"},
	}
	for i, a := range values {
		for j, b := range values {
			if got, want := Equal(a, b), reflect.DeepEqual(a, b); got != want {
				t.Errorf("%d, %d: %#v and %#v: %t, reflect.DeepEqual says %t", i, j, a, b, got, want)
			}
		}
	}
}
