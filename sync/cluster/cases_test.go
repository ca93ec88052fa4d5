package cluster_test

import (
	"flag"
	"slices"
	"testing"

	"github.com/kompositor/kompositor/cases"
	"github.com/kompositor/kompositor/cases/casetest"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/cluster"
)

var (
	update = flag.Bool("update", false, "write what the cases answer now; read the diff before you commit it")
	from   = flag.String("from", "", "with -to: the case whose answer a new one observes, such as brokers/first-call")
	to     = flag.String("to", "", "with -from: the new case")
)

func TestCases(t *testing.T) { casetest.Run(t, cluster.Hook{}, *update, checkIgnorance) }

// TestDerive is no test but the way to begin the next case of a story:
//
//	go test ./sync/cluster -run TestDerive -from brokers/first-call -to brokers/second-call
func TestDerive(t *testing.T) { casetest.Derive(t, cluster.Hook{}, *from, *to) }

// checkIgnorance is law 4: with every fact unknown, no more children are let go than with the facts, and of the
// observed Pods and claims of a cluster that is to live on only those go whose process has ended.
func checkIgnorance(t *testing.T, c *cases.Case) {
	t.Helper()
	if c.Hook != cases.HookSync {
		return
	}
	ignorant := casetest.Decide(t, cluster.Hook{}, c.Request, sync.Facts{Now: c.Facts.Now})
	known := casetest.Decide(t, cluster.Hook{}, c.Request, c.Facts)
	for _, release := range ignorant.Releases {
		if !slices.Contains(known.Releases, release) {
			t.Errorf("law 4: %s %s is let go only when nothing is known", release.Kind, release.Name)
		}
		if release.Kind != "Pod" {
			t.Errorf("law 4: %s %s is let go on no facts", release.Kind, release.Name)
		}
	}
}
