package cluster_test

import (
	"flag"
	"testing"

	"github.com/kompositor/kompositor/cases/judge"
	"github.com/kompositor/kompositor/sync/cluster"
)

var update = flag.Bool("update", false, "write what the cases answer now; read the diff before you commit it")

func trial() *judge.Trial {
	return &judge.Trial{Hook: cluster.Hook{}, Update: *update, More: checkLaws}
}

func TestCases(t *testing.T) { trial().Cases(t) }

var (
	from = flag.String("from", "", "with -to: the case whose answer a new one observes, such as brokers/first-call")
	to   = flag.String("to", "", "with -from: the new case")
)

// TestDerive is no test but the way to begin the next case of a story:
//
//	go test ./sync/cluster -run TestDerive -from brokers/first-call -to brokers/second-call
func TestDerive(t *testing.T) {
	switch {
	case (*from == "") != (*to == ""):
		t.Fatal("-from and -to go together")
	case *from != "":
		trial().Derive(t, *from, *to)
	}
}
