package topic_test

import (
	"flag"
	"testing"

	"github.com/kompositor/kompositor/cases"
	"github.com/kompositor/kompositor/cases/judge"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/topic"
)

var update = flag.Bool("update", false, "write what the cases answer now; read the diff before you commit it")

func trial() *judge.Trial {
	return &judge.Trial{Hook: topic.Hook{}, Update: *update, More: checkIgnorance}
}

func TestCases(t *testing.T) { trial().Cases(t) }

// checkIgnorance is law 4: with every fact unknown nothing is told to Kafka, and no resource goes that would not go
// with the facts.
func checkIgnorance(t *testing.T, c *cases.Case) {
	t.Helper()
	ignorant := trial().Decide(t, c.Request, sync.Facts{Now: c.Facts.Now})
	known := trial().Decide(t, c.Request, c.Facts)
	if len(ignorant.Commands) > 0 {
		t.Errorf("law 4: %s is told on no facts", ignorant.Commands[0])
	}
	if ignorant.Finalized && !known.Finalized {
		t.Error("law 4: the resource goes only when nothing is known")
	}
}

// TestBentRequests and FuzzObserve: whatever comes in, there is an answer or a refusal, and no panic.
func TestBentRequests(t *testing.T) { trial().Bent(t, 80) }

func FuzzObserve(f *testing.F) {
	judge.Seeds(f)
	f.Fuzz(func(t *testing.T, body, facts []byte) { trial().Walk(t, body, facts) })
}

// TestRelabelled edits the labels of every observed child of every case, which anybody may.
func TestRelabelled(t *testing.T) { trial().Relabelled(t) }
