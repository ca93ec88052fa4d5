package metacontroller

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kompositor/kompositor/e2e/kube"
)

// wireDir holds requests recorded from a real Metacontroller. It is outside the project and not always there.
var wireDir = filepath.Join("..", "..", "..", "shared", "wire")

type recording struct {
	Path string `json:"path"`
	Body struct {
		Parent     *kube.Object                       `json:"parent"`
		Children   map[string]map[string]*kube.Object `json:"children"`
		Related    map[string]map[string]*kube.Object `json:"related"`
		Finalizing bool                               `json:"finalizing"`
	} `json:"body"`
}

// The driver's requests are those of a real Metacontroller: from the objects of a recorded request it makes the same
// request again. Only the controller's own metadata differs, which the API server filled in there.
func TestRequestsEqualRecordedOnes(t *testing.T) {
	recordings, err := filepath.Glob(filepath.Join(wireDir, "v[12]", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	if len(recordings) == 0 {
		t.Skip("no recordings: " + wireDir + " is not on this machine")
	}
	for _, path := range recordings {
		version := hookVersion(filepath.Base(filepath.Dir(path)))
		t.Run(string(version)+"/"+filepath.Base(path), func(t *testing.T) {
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			compareRequest(t, content, version)
		})
	}
}

func compareRequest(t *testing.T, content []byte, version hookVersion) {
	t.Helper()
	var recorded recording
	var body struct{ Body map[string]any }
	if err := json.Unmarshal(content, &recorded); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, &body); err != nil {
		t.Fatal(err)
	}
	var request any = customizeRequest{Controller: controllerOf(t), Parent: recorded.Body.Parent}
	if !strings.HasPrefix(recorded.Path, "/customize/") {
		request = syncRequest{
			Controller: controllerOf(t), Parent: recorded.Body.Parent, Finalizing: recorded.Body.Finalizing,
			Children: objectsOf(recorded.Body.Children).wire(version, recorded.Body.Parent),
			Related:  objectsOf(recorded.Body.Related).wire(version, recorded.Body.Parent),
		}
	}
	encoded, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	var rebuilt map[string]any
	if err := json.Unmarshal(encoded, &rebuilt); err != nil {
		t.Fatal(err)
	}
	delete(rebuilt, "controller")
	delete(body.Body, "controller")
	if diff := cmp.Diff(body.Body, rebuilt); diff != "" {
		t.Errorf("-recorded +rebuilt:\n%s", diff)
	}
}

// objectsOf puts recorded objects back into the driver's own map, by what they say of themselves.
func objectsOf(wire map[string]map[string]*kube.Object) objectMap {
	objects := objectMap{}
	for key, group := range wire {
		kind, version, _ := strings.Cut(key, ".")
		empty := &kube.Object{}
		empty.SetAPIVersion(version)
		empty.SetKind(kind)
		objects.addKind(empty.GroupVersionKind())
		for _, object := range group {
			objects.add(object)
		}
	}
	return objects
}

func TestFinalizerIsTheRecordedOne(t *testing.T) {
	content, err := os.ReadFile(filepath.Join(wireDir, "v2", "05-sync-running.json"))
	if os.IsNotExist(err) {
		t.Skip("no recordings: " + wireDir + " is not on this machine")
	} else if err != nil {
		t.Fatal(err)
	}
	var recorded recording
	if err := json.Unmarshal(content, &recorded); err != nil {
		t.Fatal(err)
	}
	controllers := parseWire(t)
	if diff := cmp.Diff(recorded.Body.Parent.GetFinalizers(), []string{controllers[0].finalizer()}); diff != "" {
		t.Errorf("-recorded +ours:\n%s", diff)
	}
}

func controllerOf(t *testing.T) *kube.Object {
	t.Helper()
	return parseWire(t)[0].object
}

func parseWire(t *testing.T) []*Controller {
	t.Helper()
	manifest, err := os.ReadFile(filepath.Join(wireDir, "compositecontroller.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	controllers, err := Parse(manifest)
	if err != nil {
		t.Fatal(err)
	}
	if len(controllers) != 1 {
		t.Fatalf("%d controllers, not 1", len(controllers))
	}
	return controllers
}
