package user_test

import (
	"flag"
	"testing"

	"github.com/kompositor/kompositor/cases"
	"github.com/kompositor/kompositor/cases/judge"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/user"
)

var update = flag.Bool("update", false, "write what the cases answer now; read the diff before you commit it")

func trial() *judge.Trial {
	return &judge.Trial{Hook: user.Hook{}, Update: *update, More: func(t *testing.T, c *cases.Case) {
		t.Helper()
		checkIgnorance(t, c)
		checkSecrets(t, c)
	}}
}

func TestCases(t *testing.T) { trial().Cases(t) }

// checkIgnorance is law 4: with every fact unknown, Kafka is told nothing, and no user goes that would not go with the
// facts.
func checkIgnorance(t *testing.T, c *cases.Case) {
	t.Helper()
	ignorant := trial().Decide(t, c.Request, sync.Facts{Now: c.Facts.Now})
	known := trial().Decide(t, c.Request, c.Facts)
	for _, command := range ignorant.Commands {
		t.Errorf("law 4: nothing is known, and Kafka is told to %s", command)
	}
	if ignorant.Finalized && !known.Finalized {
		t.Error("law 4: the user goes only when nothing is known")
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
