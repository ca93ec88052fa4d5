package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/util/yaml"

	"github.com/kompositor/kompositor/e2e/kube"
)

// sharedSamples are Koperator's own sample CRs. They are outside the project and not always there.
var sharedSamples = filepath.Join("..", "..", "shared", "samples")

// Every CR that Koperator ships as a sample, and every one of our own, is accepted with no warning and reads back with
// all that was written.
func TestSamplesAreAcceptedUnchanged(t *testing.T) {
	install(t)
	for _, sample := range samples(t) {
		t.Run(sample.name, func(t *testing.T) {
			namespace := newNamespace(t)
			for _, object := range sample.objects {
				object.SetNamespace(namespace)
				apply(t, namespace, encode(t, object))
				resource, err := cluster.Client.Kind(t.Context(), object.GetAPIVersion(), object.GetKind())
				if err != nil {
					t.Fatal(err)
				}
				got, err := cluster.Client.Get(t.Context(), resource, kube.Key(object))
				if err != nil {
					t.Fatal(err)
				}
				for _, path := range lost("", object.Object, got.Object) {
					t.Errorf("%s %s: %s reads back otherwise", object.GetKind(), object.GetName(), path)
				}
			}
		})
	}
}

// What no cluster can run is refused by the API server itself, with a message that names the field and the fix. A file
// holds one or more CRs, applied in their order and given the status that they have, of which the last is refused.
func TestMistakesAreRefusedAtApply(t *testing.T) {
	install(t)
	namespace := newNamespace(t)
	for _, path := range glob(t, filepath.Join("..", "api", "*", "testdata", "rejected", "*.yaml")) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			first, _, _ := strings.Cut(readFile(t, path), "\n")
			want, found := strings.CutPrefix(first, "# want: ")
			if !found {
				t.Fatalf("the first line of %s is not \"# want: <part of the message>\"", path)
			}
			objects := parse(t, path)
			last := len(objects) - 1
			for _, object := range objects {
				object.SetName(strings.TrimSuffix(filepath.Base(path), ".yaml"))
			}
			for _, object := range objects[:last] {
				apply(t, namespace, encode(t, object))
				if status, ok := object.Object["status"]; ok {
					kubectl(t, "", "-n", namespace, "patch", object.GetKind(), object.GetName(), "--subresource=status",
						"--type=merge", "-p", encodeAny(t, map[string]any{"status": status}))
				}
			}
			manifest := strings.NewReader(encode(t, objects[last]))
			_, stderr, err := cluster.Kubectl(t.Context(), manifest, "-n", namespace, "apply", "-f", "-")
			if err == nil {
				t.Fatalf("accepted, instead of refused with %q", want)
			}
			if !strings.Contains(stderr, want) {
				t.Errorf("refused without %q:\n%s", want, stderr)
			}
		})
	}
}

// A sample is one file of CRs.
type sample struct {
	name    string
	objects []*kube.Object
}

func samples(t *testing.T) []sample {
	t.Helper()
	files := glob(t, filepath.Join("..", "manifests", "samples", "*.yaml"))
	if _, err := os.Stat(sharedSamples); err != nil {
		t.Logf("without Koperator's samples: %v", err)
	} else {
		files = append(files, glob(t, filepath.Join(sharedSamples, "*.yaml"))...)
	}
	var all []sample
	for _, file := range files {
		all = append(all, sample{name: strings.TrimSuffix(filepath.Base(file), ".yaml"), objects: parse(t, file)})
	}
	return all
}

// glob fails the test if nothing matches: an empty list would test nothing.
func glob(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatalf("no file matches %s", pattern)
	}
	return files
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func parse(t *testing.T, path string) []*kube.Object {
	t.Helper()
	return parseText(t, readFile(t, path))
}

// parseText reads the objects of a YAML stream.
func parseText(t *testing.T, text string) []*kube.Object {
	t.Helper()
	reader := yaml.NewYAMLOrJSONDecoder(strings.NewReader(text), len(text)+1)
	var objects []*kube.Object
	for {
		var raw json.RawMessage
		if err := reader.Decode(&raw); errors.Is(err, io.EOF) {
			return objects
		} else if err != nil {
			t.Fatal(err)
		}
		if len(raw) == 0 || string(raw) == "null" {
			continue
		}
		object := &kube.Object{}
		if err := object.UnmarshalJSON(raw); err != nil {
			t.Fatal(err)
		}
		objects = append(objects, object)
	}
}

func encode(t *testing.T, object *kube.Object) string {
	t.Helper()
	return encodeAny(t, object)
}

func encodeAny(t *testing.T, value any) string {
	t.Helper()
	encoded, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded)
}

// lost lists the paths of what was written and does not read back equal. What the API server adds is not lost.
func lost(path string, wrote, read any) []string {
	switch wrote := wrote.(type) {
	case map[string]any:
		var paths []string
		readMap, _ := read.(map[string]any)
		for key, value := range wrote {
			paths = append(paths, lost(path+"."+key, value, readMap[key])...)
		}
		return paths
	case []any:
		readList, _ := read.([]any)
		if len(readList) != len(wrote) {
			return []string{path}
		}
		var paths []string
		for i, value := range wrote {
			paths = append(paths, lost(fmt.Sprintf("%s[%d]", path, i), value, readList[i])...)
		}
		return paths
	default:
		if !reflect.DeepEqual(wrote, read) {
			return []string{path}
		}
		return nil
	}
}
