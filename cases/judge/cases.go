package judge

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kompositor/kompositor/cases"
	"github.com/kompositor/kompositor/sync"
)

// Folder is where a kind's tests keep their cases.
const Folder = "testdata/cases"

// Trial is a hook and what is checked of it.
type Trial struct {
	Hook sync.Hook
	// Update writes what the cases answer now instead of comparing.
	Update bool
	// More checks what only this kind of parent must obey, on cases of sync and finalize; nil for nothing.
	More func(*testing.T, *cases.Case)
}

// Cases runs every case folder: one hook call, YAML in and YAML out, byte for byte, and the laws on top.
func (try *Trial) Cases(t *testing.T) {
	t.Helper()
	for _, dir := range folders(t) {
		name, err := filepath.Rel(Folder, dir)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) { try.one(t, dir) })
	}
}

// folders are the kind's case folders; none at all is a failure.
func folders(t testing.TB) []string {
	t.Helper()
	dirs, err := cases.Walk(Folder)
	if err != nil {
		t.Fatal(err)
	}
	if len(dirs) == 0 {
		t.Fatal("there are no cases")
	}
	return dirs
}

func (try *Trial) one(t *testing.T, dir string) {
	t.Helper()
	c, err := cases.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := c.Run(try.Hook)
	if err != nil {
		t.Fatal(err)
	}
	again, err := c.Run(try.Hook)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(answer.Response, again.Response) {
		t.Errorf("law 6: the same call answers differently the second time:\n%s",
			cmp.Diff(string(answer.Response), string(again.Response)))
	}
	if c.Hook != cases.HookCustomize {
		try.laws(t, c)
		if try.More != nil {
			try.More(t, c)
		}
	}
	if try.Update {
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

// Derive begins the next case of a story: the case to observes what the case from answered.
func (try *Trial) Derive(t *testing.T, from, to string) {
	t.Helper()
	c, err := cases.Load(filepath.Join(Folder, from))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := c.Run(try.Hook)
	if err != nil {
		t.Fatal(err)
	}
	next, err := c.Next(answer)
	if err != nil {
		t.Fatal(err)
	}
	next.Dir = filepath.Join(Folder, to)
	if err := next.Save(); err != nil {
		t.Fatal(err)
	}
}
