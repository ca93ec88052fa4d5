package e2e

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	gosync "sync"
	"testing"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/yaml"

	"github.com/kompositor/kompositor/e2e/kube"
	"github.com/kompositor/kompositor/e2e/metacontroller"
)

const toyCRD = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: toys.e2e.kompositor.test}
spec:
  group: e2e.kompositor.test
  scope: Namespaced
  names: {plural: toys, singular: toy, kind: Toy}
  versions:
  - name: v1
    served: true
    storage: true
    subresources: {status: {}}
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec: {type: object, x-kubernetes-preserve-unknown-fields: true}
          status:
            type: object
            properties: {phase: {type: string}, observedGeneration: {type: integer}}
`

const toyController = `
apiVersion: metacontroller.k8s.io/v1alpha1
kind: CompositeController
metadata: {name: toy}
spec:
  generateSelector: true
  parentResource: {apiVersion: e2e.kompositor.test/v1, resource: toys}
  childResources:
  - {apiVersion: v1, resource: pods, updateStrategy: {method: OnDelete}}
  - {apiVersion: v1, resource: configmaps, updateStrategy: {method: InPlace}}
  - {apiVersion: v1, resource: services, updateStrategy: {method: InPlace}}
  - {apiVersion: v1, resource: secrets, updateStrategy: {method: Recreate}}
  hooks:
    sync: {version: v2, webhook: {url: "http://toy.test/sync", etag: {enabled: true}}}
    finalize: {version: v2, webhook: {url: "http://toy.test/finalize"}}
    customize: {version: v2, webhook: {url: "http://toy.test/customize"}}
`

// toy is a parent in its own namespace, a driver, and a hook that answers what the test told it last.
type toy struct {
	t         *testing.T
	namespace string
	driver    *metacontroller.Driver

	mu      gosync.Mutex
	answers map[string]string // by path, in YAML
	codes   map[string]int    // by path; 200 if there is none
	header  http.Header       // of the last request
}

func newToy(t *testing.T, options metacontroller.Options) *toy {
	t.Helper()
	kubectl(t, toyCRD, "apply", "-f", "-")
	kubectl(t, "", "wait", "--for=condition=Established", "crd/toys.e2e.kompositor.test")
	toy := &toy{
		t: t, namespace: newNamespace(t), codes: map[string]int{},
		answers: map[string]string{"/customize": "relatedResources: []"},
	}
	hook := httptest.NewServer(toy)
	t.Cleanup(hook.Close)
	options.Address = strings.TrimPrefix(hook.URL, "http://")
	toy.driver = newDriver(t, toyController, options)
	toy.apply("{apiVersion: e2e.kompositor.test/v1, kind: Toy, metadata: {name: toy}, spec: {size: 1}}")
	return toy
}

func newDriver(t *testing.T, manifest string, options metacontroller.Options) *metacontroller.Driver {
	t.Helper()
	controllers, err := metacontroller.Parse([]byte(manifest))
	if err != nil {
		t.Fatal(err)
	}
	if len(controllers) != 1 {
		t.Fatalf("%d CompositeControllers, not 1", len(controllers))
	}
	var driver *metacontroller.Driver
	waitFor(t, "the parent's resource to be served", func(ctx context.Context) (string, error) {
		driver, err = metacontroller.New(ctx, cluster.Client, controllers[0], options)
		return "", err
	})
	return driver
}

func (toy *toy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	toy.mu.Lock()
	defer toy.mu.Unlock()
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		toy.t.Error(err)
	}
	toy.header = r.Header
	answer, err := yaml.YAMLToJSON([]byte(toy.answers[r.URL.Path]))
	if err != nil {
		toy.t.Error(err)
	}
	w.Header().Set("ETag", `"an answer"`)
	if code, found := toy.codes[r.URL.Path]; found {
		w.WriteHeader(code)
	}
	if _, err := w.Write(answer); err != nil {
		toy.t.Error(err)
	}
}

// answer sets what the hook at a path answers from now on, in YAML.
func (toy *toy) answer(path, yaml string) {
	toy.mu.Lock()
	defer toy.mu.Unlock()
	toy.answers[path] = yaml
}

func (toy *toy) code(path string, code int) {
	toy.mu.Lock()
	defer toy.mu.Unlock()
	toy.codes[path] = code
}

func (toy *toy) apply(manifest string) { apply(toy.t, toy.namespace, manifest) }

func (toy *toy) key() types.NamespacedName {
	return types.NamespacedName{Namespace: toy.namespace, Name: "toy"}
}

// sync is one pass that must not fail, and its writes in words, such as "create Pod.v1 a".
func (toy *toy) sync() (*metacontroller.Pass, []string) {
	toy.t.Helper()
	pass, err := toy.driver.Sync(toy.t.Context(), toy.key())
	if err != nil {
		toy.t.Fatal(err)
	}
	return pass, toy.words(pass)
}

func (toy *toy) words(pass *metacontroller.Pass) []string {
	var words []string
	for _, write := range pass.Writes {
		word := string(write.Verb) + " " + write.Resource.String() + " " + write.Key.Name
		if write.Err != nil {
			word = "refused " + word
		}
		words = append(words, word)
	}
	return words
}

func (toy *toy) read(apiVersion, plural, name string) *kube.Object {
	toy.t.Helper()
	object, err := read(toy.t.Context(), apiVersion, plural, toy.namespace+"/"+name)
	if err != nil {
		toy.t.Fatal(err)
	}
	return object
}

// request is the body that the hook got in a pass.
func request(t *testing.T, pass *metacontroller.Pass) map[string]any {
	t.Helper()
	var body map[string]any
	if err := json.NewDecoder(strings.NewReader(string(pass.Request))).Decode(&body); err != nil {
		t.Fatal(err)
	}
	return body
}
