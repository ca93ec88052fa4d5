package cluster_test

import (
	"bytes"
	"flag"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kompositor/kompositor/cases"
	"github.com/kompositor/kompositor/sync/cluster"
)

var update = flag.Bool("update", false, "write what the cases answer now; read the diff before you commit it")

// TestCases runs every case folder: one hook call, YAML in and YAML out, byte for byte, and the laws on top, because a
// golden only records.
func TestCases(t *testing.T) {
	root := filepath.Join("testdata", "cases")
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
		t.Run(name, func(t *testing.T) { runCase(t, dir) })
	}
}

func runCase(t *testing.T, dir string) {
	t.Helper()
	c, err := cases.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := c.Run(cluster.Hook{})
	if err != nil {
		t.Fatal(err)
	}
	again, err := c.Run(cluster.Hook{})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(answer.Response, again.Response) {
		t.Errorf(
			"law 6: the same call answers differently the second time:\n%s",
			cmp.Diff(string(answer.Response), string(again.Response)),
		)
	}
	if c.Hook != cases.HookCustomize {
		checkLaws(t, c)
	}
	if *update {
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

var (
	from = flag.String("from", "", "with -to: the case whose answer a new one observes, such as brokers/first-call")
	to   = flag.String("to", "", "with -from: the new case")
)

// TestDerive is no test but the way to begin the next case of a story:
//
//	go test ./sync/cluster -run TestDerive -from brokers/first-call -to brokers/second-call
func TestDerive(t *testing.T) {
	if (*from == "") != (*to == "") {
		t.Fatal("-from and -to go together")
	}
	if *from == "" {
		return // nothing was asked for
	}
	root := filepath.Join("testdata", "cases")
	c, err := cases.Load(filepath.Join(root, *from))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := c.Run(cluster.Hook{})
	if err != nil {
		t.Fatal(err)
	}
	next, err := c.Next(answer)
	if err != nil {
		t.Fatal(err)
	}
	next.Dir = filepath.Join(root, *to)
	if err := next.Save(); err != nil {
		t.Fatal(err)
	}
}
