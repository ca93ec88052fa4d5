package casetest

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kompositor/kompositor/cases"
	"github.com/kompositor/kompositor/sync"
)

// root is where every kind keeps its cases.
var root = filepath.Join("testdata", "cases") //nolint:gochecknoglobals // a path is no state

// Run runs every case folder of the package under test: one hook call, YAML in and YAML out, byte for byte. With update
// it writes what is answered now. More are laws of the kind's own.
func Run(t *testing.T, hook sync.Hook, update bool, more ...func(*testing.T, *cases.Case)) {
	t.Helper()
	dirs, err := cases.Walk(root)
	if err != nil {
		t.Fatal(err)
	}
	if len(dirs) == 0 {
		t.Fatal("there are no cases")
	}
	for _, dir := range dirs {
		name, err := filepath.Rel(root, dir)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) {
			c, err := cases.Load(dir)
			if err != nil {
				t.Fatal(err)
			}
			answer := answerTwice(t, c, hook)
			if c.Hook != cases.HookCustomize {
				checkLaws(t, c, hook)
				for _, check := range more {
					check(t, c)
				}
			}
			compare(t, c, answer, update)
		})
	}
}

// answerTwice is law 6: the same call has the same answer.
func answerTwice(t *testing.T, c *cases.Case, hook sync.Hook) cases.Answer {
	t.Helper()
	answer, err := c.Run(hook)
	if err != nil {
		t.Fatal(err)
	}
	again, err := c.Run(hook)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(answer.Response, again.Response) {
		t.Errorf("law 6: the same call answers differently the second time:\n%s",
			cmp.Diff(string(answer.Response), string(again.Response)))
	}
	return answer
}

func compare(t *testing.T, c *cases.Case, answer cases.Answer, update bool) {
	t.Helper()
	if update {
		if err := c.Accept(answer); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(c.Response), string(answer.Response)); diff != "" {
		t.Errorf("response differs (-recorded +now); if it should, run `make golden` and read the diff:\n%s", diff)
	}
	if diff := cmp.Diff(string(c.Commands), string(answer.Commands)); diff != "" {
		t.Errorf("commands differ (-recorded +now):\n%s", diff)
	}
}

// Derive begins the next case of a story: what one case answered is what the new one observes.
func Derive(t *testing.T, hook sync.Hook, from, to string) {
	t.Helper()
	if (from == "") != (to == "") {
		t.Fatal("-from and -to go together")
	}
	if from == "" {
		return // nothing was asked for
	}
	c, err := cases.Load(filepath.Join(root, from))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := c.Run(hook)
	if err != nil {
		t.Fatal(err)
	}
	next, err := c.Next(answer)
	if err != nil {
		t.Fatal(err)
	}
	next.Dir = filepath.Join(root, to)
	if err := next.Save(); err != nil {
		t.Fatal(err)
	}
}
