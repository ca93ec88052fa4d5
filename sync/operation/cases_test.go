package operation_test

import (
	"flag"
	"testing"

	"github.com/kompositor/kompositor/cases"
	"github.com/kompositor/kompositor/cases/judge"
	"github.com/kompositor/kompositor/sync/operation"
)

var update = flag.Bool("update", false, "write what the cases answer now; read the diff before you commit it")

func trial() *judge.Trial {
	return &judge.Trial{Hook: operation.Hook{}, Update: *update, More: func(t *testing.T, c *cases.Case) {
		t.Helper()
		checkIgnorance(t, c)
		checkStarts(t, c)
	}}
}

func TestCases(t *testing.T) { trial().Cases(t) }

// TestBentRequests and FuzzObserve: whatever comes in, there is an answer or a refusal, and no panic.
func TestBentRequests(t *testing.T) { trial().Bent(t, 80) }

func FuzzObserve(f *testing.F) {
	judge.Seeds(f)
	f.Fuzz(func(t *testing.T, body, facts []byte) { trial().Walk(t, body, facts) })
}

// TestRelabelled edits the labels of every observed child of every case, which anybody may.
func TestRelabelled(t *testing.T) { trial().Relabelled(t) }
