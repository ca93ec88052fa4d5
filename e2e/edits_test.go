package e2e

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	kjson "sigs.k8s.io/json"

	"github.com/kompositor/kompositor/e2e/kube"
	"github.com/kompositor/kompositor/e2e/product"
)

// edit is a line of what kompositor simulate --edits writes.
type edit struct {
	Seed    uint64         `json:"seed"`
	Old     map[string]any `json:"old"`
	New     map[string]any `json:"new"`
	Refused string         `json:"refused"`
}

// What users of simulated worlds do to custom resources is accepted by a real API server exactly where the simulator
// accepts it. Each old object is stored, with its status, and the new one is put in its place in a dry run.
func TestEditsAreAcceptedAsInTheSimulator(t *testing.T) {
	install(t)
	namespace, refused, accepted := newNamespace(t), 0, 0
	for _, e := range editsOfSeeds(t) {
		resource, err := cluster.Client.Kind(t.Context(), e.New["apiVersion"].(string), e.New["kind"].(string))
		if err != nil {
			t.Fatal(err)
		}
		err = e.tried(t, resource, namespace)
		switch {
		case err != nil && !apierrors.IsInvalid(err) && !apierrors.IsBadRequest(err):
			t.Fatalf("seed %d: %v", e.Seed, err)
		case err == nil && e.Refused != "":
			t.Errorf("seed %d: accepted; the simulator says: %s\n%s", e.Seed, e.Refused, encodeAny(t, e))
		case err != nil && e.Refused == "":
			t.Errorf("seed %d: the simulator accepts what is refused: %v\n%s", e.Seed, err, encodeAny(t, e))
		}
		if err != nil {
			refused++
		} else {
			accepted++
		}
	}
	if refused == 0 || accepted == 0 {
		t.Errorf("%d were refused and %d accepted: one of the two was not tried", refused, accepted)
	}
	t.Logf("%d were refused and %d accepted", refused, accepted)
}

// seedsOfEdits is how many worlds are asked.
const seedsOfEdits = "200"

// editsOfSeeds are the different edits of simulated worlds.
func editsOfSeeds(t *testing.T) []edit {
	t.Helper()
	file := filepath.Join(t.TempDir(), "edits")
	binary, err := product.Binary(t.Context(), "..", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), binary, "simulate", "--seeds", seedsOfEdits, "--edits", file)
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	opened, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = opened.Close() }) // it is only read
	var edits []edit
	seen := map[string]bool{}
	lines := bufio.NewScanner(opened)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e edit
		if err := kjson.UnmarshalCaseSensitivePreserveInts(lines.Bytes(), &e); err != nil {
			t.Fatal(err)
		}
		e.strip()
		if what := encodeAny(t, []any{e.Old, e.New}); !seen[what] {
			seen[what] = true
			edits = append(edits, e)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return edits
}

// strip leaves of the objects what a user writes, and the status.
func (e *edit) strip() {
	for _, o := range []map[string]any{e.Old, e.New} {
		metadata, _ := o["metadata"].(map[string]any)
		for field := range metadata {
			if field != "name" && field != "labels" && field != "annotations" {
				delete(metadata, field)
			}
		}
	}
	delete(e.New, "status")
	if status, ok := e.Old["status"].(map[string]any); ok { // of the status, rules look at this alone
		e.Old["status"] = map[string]any{"state": status["state"]}
	}
}

// tried says what the API server thinks of the edit.
func (e *edit) tried(t *testing.T, resource kube.Resource, namespace string) error {
	t.Helper()
	updated := &kube.Object{Object: e.New}
	updated.SetNamespace(namespace)
	key := types.NamespacedName{Namespace: namespace, Name: updated.GetName()}
	if e.Old == nil {
		_, err := cluster.Client.DryRun(t.Context(), resource, updated)
		return err
	}
	status := e.Old["status"]
	delete(e.Old, "status")
	old := &kube.Object{Object: e.Old}
	old.SetNamespace(namespace)
	kubectl(t, encode(t, old), "create", "-f", "-")
	defer kubectl(t, "", "-n", namespace, "delete", resource.Name, key.Name)
	if state, _ := status.(map[string]any)["state"].(string); state != "" {
		patch := map[string]any{"status": status}
		if _, err := cluster.Client.MergePatch(t.Context(), resource, key, patch, "status"); err != nil {
			t.Fatal(err)
		}
	}
	live, err := cluster.Client.Get(t.Context(), resource, key)
	if err != nil {
		t.Fatal(err)
	}
	updated.SetResourceVersion(live.GetResourceVersion())
	_, err = cluster.Client.DryRun(t.Context(), resource, updated)
	return err
}
