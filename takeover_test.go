package main

import (
	"os"
	"strings"
	"testing"
)

// The plan in docs/takeover.md is what the command prints of the cluster that the e2e test takes over.
func TestTheTakeoverGuideShowsWhatIsPrinted(t *testing.T) {
	guide, err := os.ReadFile("docs/takeover.md")
	if err != nil {
		t.Fatal(err)
	}
	_, quoted, found := strings.Cut(string(guide), "```\n$ kompositor plan live.yaml\n")
	if !found {
		t.Fatal("docs/takeover.md quotes no plan")
	}
	quoted, _, _ = strings.Cut(quoted, "```\n")
	code, out, stderr := runCommand(t, "plan", "e2e/testdata/koperator.yaml")
	if code != exitChange {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	if printed, _, _ := strings.Cut(out, "\nAssumed:\n"); printed != quoted {
		t.Errorf("docs/takeover.md shows\n%s, printed is\n%s%s", quoted, printed, stderr)
	}
}
