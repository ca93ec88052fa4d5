package user_test

import (
	"flag"
	"testing"

	"github.com/kompositor/kompositor/cases"
	"github.com/kompositor/kompositor/cases/casetest"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/user"
)

var (
	update = flag.Bool("update", false, "write what the cases answer now; read the diff before you commit it")
	from   = flag.String("from", "", "with -to: the case whose answer a new one observes, such as acls/first-call")
	to     = flag.String("to", "", "with -from: the new case")
)

func TestCases(t *testing.T) { casetest.Run(t, user.Hook{}, *update, checkIgnorance, checkSecrets) }

// TestDerive is no test but the way to begin the next case of a story:
//
//	go test ./sync/user -run TestDerive -from acls/first-call -to acls/second-call
func TestDerive(t *testing.T) { casetest.Derive(t, user.Hook{}, *from, *to) }

// checkIgnorance is law 4: with every fact unknown, Kafka is told nothing.
func checkIgnorance(t *testing.T, c *cases.Case) {
	t.Helper()
	ignorant := casetest.Decide(t, user.Hook{}, c.Request, sync.Facts{Now: c.Facts.Now})
	for _, command := range ignorant.Commands {
		t.Errorf("law 4: nothing is known, and Kafka is told to %s", command)
	}
}
