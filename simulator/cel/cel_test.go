package cel

import (
	"strings"
	"testing"
)

func TestHolds(t *testing.T) {
	self := map[string]any{
		"n": int64(3), "text": "/logs", "yes": true, "size": "10Gi", "empty": []any{},
		"list": []any{map[string]any{"id": int64(1), "name": "a"}, map[string]any{"id": int64(2)}},
		"map":  map[string]any{"a": []any{"x", "y"}},
	}
	before := map[string]any{"size": "9Gi"}
	for rule, want := range map[string]bool{
		"self.n == 3 && self.n != 4":                   true,
		"self.n - 1 + 2 >= 4":                          true,
		"self.n < -1 || self.n > 3":                    false,
		"!has(self.gone) || self.gone == 1":            true,
		"has(self.n) && has(self.map.a)":               true,
		"self.gone == 1 || true":                       true, // the side that decides is enough
		"true || self.gone == 1":                       true,
		"self.gone == 1 && false":                      false,
		"'x' in self.map.a && !('z' in self.map['a'])": true,
		"'a' in self.map":                              true,
		"self.list.all(l, l.id > 0)":                   true,
		"self.empty.all(l, l.id > 9)":                  true,
		"self.list.exists(l, l.id == 2)":               true,
		"self.list.exists(l, l.name == 'a')":           true, // the second item has no name, and it does not matter
		"self.list.exists_one(l, l.id >= 1)":           false,
		"self.list.filter(l, l.id >= 1).size() == 2":   true,
		"self.list[1].id == 2":                         true,
		"self.text.startsWith('/')":                    true,
		"self.text.size() == 5":                        true,
		"(has(self.gone) ? self.gone : 8081) == 8081":  true,
		"type(self.size) != string || quantity(self.size).compareTo(quantity(oldSelf.size)) >= 0": true,
		"type(self.n) == int": true,
		"has(self.yes) && self.yes == true && self.list.all(a, self.list.exists_one(b, b.id == a.id))": true,
	} {
		t.Run(rule, func(t *testing.T) {
			compiled, err := Compile(rule)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := compiled.Holds(self, before); err != nil || got != want {
				t.Errorf("got %t, %v; want %t", got, err, want)
			}
			if transition := strings.Contains(rule, "oldSelf"); compiled.Transition != transition {
				t.Errorf("it looks at what was before: %t", compiled.Transition)
			}
		})
	}
}

func TestWhatCanNotBeTold(t *testing.T) {
	for _, rule := range []string{
		"self.gone == 1", "self.gone == 1 && true", "self.n", "self.list.all(l, l.name == 'a')", "self.n + 'a' == 3",
		"self.list[7] == 1", "nobody == 1", "self.n.a == 1", "quantity('x').compareTo(quantity('1')) == 0",
	} {
		compiled, err := Compile(rule)
		if err != nil {
			t.Fatal(err)
		}
		self := map[string]any{"n": int64(3), "list": []any{map[string]any{"name": "a"}, map[string]any{}}}
		if got, err := compiled.Holds(self, nil); err == nil {
			t.Errorf("%s: got %t, want an error", rule, got)
		}
	}
}

func TestWhatDoesNotCompile(t *testing.T) {
	for _, rule := range []string{
		"", "self.", "self.a ==", "(self.a", "self.matches('a')", "self.a b", "'a", "has(self)", "self.a ? 1", "1.5 == 2",
		"self.all(1, true)", `'\n' == self`, "self.list.map(l, l.id)", "[1] == self", "size(self, 1) == 1",
		"99999999999999999999 == 1",
	} {
		if _, err := Compile(rule); err == nil {
			t.Errorf("%q compiles", rule)
		}
	}
}
