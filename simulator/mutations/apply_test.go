package mutations

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// A patch that no longer applies proves nothing, and who changes the line under it should hear of that at once.
func TestPatchesApply(t *testing.T) {
	files, err := filepath.Glob("*/*.patch")
	if err != nil {
		t.Fatal(err)
	}
	files = append(files, "open-gate.patch")
	if len(files) < 10 {
		t.Fatalf("only %d patches were found", len(files))
	}
	for _, file := range files {
		path := filepath.Join("simulator", "mutations", file)
		check := exec.CommandContext(t.Context(), "git", "apply", "--check", path)
		check.Dir = filepath.Join("..", "..")
		if out, err := check.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", file, err, out)
		}
	}
}
