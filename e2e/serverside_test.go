package e2e

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"

	"github.com/kompositor/kompositor/e2e/kube"
)

// managedFields is what the simulator says of server-side apply.
var managedFields = filepath.Join("..", "simulator", "managed", "testdata")

// appliedCase is a case of applied.yaml.
type appliedCase struct {
	Name  string         `json:"name"`
	Kind  string         `json:"kind"`
	Steps []appliedStep  `json:"steps"`
	Want  map[string]any `json:"want"`
	Gone  []string       `json:"gone"`
}

// appliedStep is what one manager applies, or writes otherwise.
type appliedStep struct {
	Apply  string         `json:"apply"`
	Update string         `json:"update"`
	Object map[string]any `json:"object"`
}

// A real API server makes of every case of the simulator's server-side apply what the simulator makes of it.
func TestServerSideApplyIsThatOfTheSimulator(t *testing.T) {
	install(t)
	var cases []appliedCase
	text, err := yaml.YAMLToJSON([]byte(readFile(t, filepath.Join(managedFields, "applied.yaml"))))
	if err == nil {
		err = kjson.UnmarshalCaseSensitivePreserveInts(text, &cases)
	}
	if err != nil {
		t.Fatal(err)
	}
	if len(cases) == 0 {
		t.Fatal("applied.yaml has no case")
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			namespace := newNamespace(t)
			kind, apiVersion, _ := strings.Cut(c.Kind, ".")
			resource, err := cluster.Client.Kind(t.Context(), apiVersion, kind)
			if err != nil {
				t.Fatal(err)
			}
			for i, step := range c.Steps {
				object := &kube.Object{Object: step.Object}
				object.SetAPIVersion(apiVersion)
				object.SetKind(kind)
				object.SetName("a")
				object.SetNamespace(namespace)
				step.do(t, resource, object, i == 0)
			}
			got, err := cluster.Client.Get(t.Context(), resource, types.NamespacedName{Namespace: namespace, Name: "a"})
			if err != nil {
				t.Fatal(err)
			}
			for _, path := range lost("", c.Want, got.Object) {
				t.Errorf("%s is not as the simulator has it", path)
			}
			for _, path := range c.Gone {
				fields := strings.Split(strings.ReplaceAll(path, `\.`, "\x00"), ".")
				for i := range fields {
					fields[i] = strings.ReplaceAll(fields[i], "\x00", ".")
				}
				if value, there, err := unstructured.NestedFieldNoCopy(got.Object, fields...); there || err != nil {
					t.Errorf("%s is still %v", path, value)
				}
			}
		})
	}
}

// do applies an object, creates it, or changes fields of it, in the step's manager's name.
func (s *appliedStep) do(t *testing.T, resource kube.Resource, object *kube.Object, first bool) {
	t.Helper()
	switch {
	case s.Apply != "":
		options := metav1.PatchOptions{FieldManager: s.Apply}
		if _, err := cluster.Client.Apply(t.Context(), resource, object, options); err != nil {
			t.Fatal(err)
		}
	case first:
		kubectl(t, encode(t, object), "create", "--field-manager", s.Update, "-f", "-")
	default:
		kubectl(t, "", "-n", object.GetNamespace(), "patch", object.GetKind(), object.GetName(), "--type=merge",
			"--field-manager", s.Update, "-p", encode(t, object))
	}
}

// The lists with keys, and the objects that are replaced whole, are in Kubernetes' schema what the simulator has.
func TestSchemaIsThatOfTheSimulator(t *testing.T) {
	var lines []string
	for path, kinds := range map[string]map[string]string{
		"/openapi/v3/api/v1": {
			"Pod": "Pod.v1", "PersistentVolumeClaim": "PersistentVolumeClaim.v1", "ConfigMap": "ConfigMap.v1",
			"Service": "Service.v1", "Secret": "Secret.v1",
		},
		"/openapi/v3/apis/policy/v1": {"PodDisruptionBudget": "PodDisruptionBudget.policy/v1"},
		"/openapi/v3/apis/apps/v1":   {"Deployment": "Deployment.apps/v1"},
	} {
		var document struct {
			Components struct{ Schemas map[string]*openAPI }
		}
		if err := json.Unmarshal([]byte(kubectl(t, "", "get", "--raw", path)), &document); err != nil {
			t.Fatal(err)
		}
		for name, schema := range document.Components.Schemas {
			kind, ours := kinds[name[strings.LastIndex(name, ".")+1:]]
			if ours && strings.HasPrefix(name, "io.k8s.api.") {
				lines = append(lines, schema.lines(kind, document.Components.Schemas)...)
			}
		}
	}
	slices.Sort(lines)
	want := strings.Split(strings.TrimSpace(readFile(t, filepath.Join(managedFields, "kubernetes.txt"))), "\n")
	if diff := cmp.Diff(lines, want); diff != "" {
		t.Errorf("-Kubernetes +simulator:\n%s", diff)
	}
}

// openAPI is as much of an OpenAPI schema as server-side apply looks at.
type openAPI struct {
	Ref                  string     `json:"$ref"`
	AllOf                []*openAPI `json:"allOf"`
	Properties           map[string]*openAPI
	Items                *openAPI
	AdditionalProperties *openAPI
	ListType             string   `json:"x-kubernetes-list-type"`
	ListKeys             []string `json:"x-kubernetes-list-map-keys"`
	MapType              string   `json:"x-kubernetes-map-type"`
}

// lines are the lists with keys, and the objects that are replaced whole, at a path and below it, as kubernetes.txt has
// them. What an API server alone writes is left out.
func (s *openAPI) lines(path string, all map[string]*openAPI) []string {
	marked := *s
	for len(marked.AllOf) == 1 || marked.Ref != "" {
		to := marked.Ref
		if to == "" {
			to = marked.AllOf[0].Ref
		}
		target := *all[strings.TrimPrefix(to, "#/components/schemas/")]
		if marked.MapType != "" {
			target.MapType = marked.MapType
		}
		marked = target
	}
	switch {
	case marked.ListType == "map" || marked.ListType == "set":
		line := fmt.Sprintf("%s by %v", path, marked.ListKeys)
		return append([]string{line}, marked.Items.lines(path+"[]", all)...)
	case marked.MapType == "atomic":
		return []string{path + " whole"}
	}
	var lines []string
	for name, property := range marked.Properties {
		if name != "status" && name != "managedFields" {
			lines = append(lines, property.lines(path+"."+name, all)...)
		}
	}
	if marked.AdditionalProperties != nil {
		lines = append(lines, marked.AdditionalProperties.lines(path+"{}", all)...)
	}
	return lines
}
