package children

import (
	_ "embed"
	"flag"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/kompositor/kompositor/sync"
)

var update = flag.Bool("update", false, "write what is drawn into testdata")

//go:embed testdata/combined.yaml
var combinedYAML string

func demo(t testing.TB, quorum Quorum) *Cluster {
	t.Helper()
	parent := parse(t, []byte(combinedYAML))
	brokers := brokersOf(parent)
	for i := range brokers {
		brokers[i].Rack = "zone-" + string(rune('a'+i))
		brokers[i].External = map[string]string{"outside": "node.example.org:" + string(rune('1'+i))}
	}
	c := NewCluster(parent, "A8PYSz8uSsW064CrQm6MxA", quorum, brokers)
	c.SuperUsers = []string{"User:CN=demo", "User:CN=demo-controller"}
	return c
}

// TestGolden draws the cluster of testdata/combined.yaml: what it has once, a combined node, a controller and a
// broker.
func TestGolden(t *testing.T) {
	const file = "testdata/combined.golden.yaml"
	got := document(t, slices.DeleteFunc(drawn(demo(t, Quorum{})), func(child sync.Child) bool {
		return strings.Contains(child.Name+"-", "-1-") // like node 0
	}))
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("run with -update and read the difference (-want +got)\n%s", diff)
	}
}

// document writes children as YAML. Scripts are shortened to their first line: they have tests of their own.
func document(t testing.TB, children []sync.Child) string {
	t.Helper()
	var all []string
	for _, child := range children {
		text, err := json.Marshal(child, sync.Encoding())
		if err != nil {
			t.Fatal(err)
		}
		object, err := yaml.JSONToYAML([]byte(shortened(string(text))))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(object))
	}
	return strings.Join(all, "---\n")
}

func shortened(text string) string {
	for _, long := range []string{startScript, stopScript, checkScript, jmxExporterRules} {
		quoted, _ := json.Marshal(long)
		first, _, _ := strings.Cut(long, "\n")
		text = strings.ReplaceAll(text, string(quoted), `"`+first+`"`)
	}
	return text
}

// TestChildrenHoldNothingThatAServerFillsIn looks for what would make Metacontroller write again and again: nulls,
// status, timestamps, empty environment values, two ports of one number.
func TestChildrenHoldNothingThatAServerFillsIn(t *testing.T) {
	c := demo(t, Quorum{})
	c.Parent.Spec.HeadlessServiceEnabled = false
	for _, child := range append(drawn(c), drawn(demo(t, Quorum{}))...) {
		text, err := json.Marshal(child, sync.Encoding())
		if err != nil {
			t.Fatal(err)
		}
		var object map[string]any
		if err := json.Unmarshal(text, &object); err != nil {
			t.Fatal(err)
		}
		for _, key := range slices.Sorted(maps.Keys(object)) {
			if !slices.Contains([]string{"apiVersion", "kind", "metadata", "spec", "data"}, key) {
				t.Errorf("%s has %s", child.Key(), key)
			}
		}
		for _, unwanted := range []string{":null", `"creationTimestamp"`, `"status"`, `"value":""`} {
			if strings.Contains(string(text), unwanted) {
				t.Errorf("%s has %s", child.Key(), unwanted)
			}
		}
		meta := object["metadata"].(map[string]any)
		for _, kind := range []string{"labels", "annotations"} {
			if _, ok := meta[kind].(map[string]any); !ok {
				t.Errorf("%s has no %s, not even empty ones", child.Key(), kind)
			}
		}
		if meta["labels"].(map[string]any)[ClusterLabel] != "demo" {
			t.Errorf("%s does not say whose it is", child.Key())
		}
		distinctPorts(t, child.Key(), object)
	}
}

func distinctPorts(t *testing.T, where string, value any) {
	t.Helper()
	switch value := value.(type) {
	case map[string]any:
		for key, member := range value {
			if ports, ok := member.([]any); ok && key == "ports" {
				seen, names := map[any]bool{}, map[any]bool{}
				for _, port := range ports {
					port := port.(map[string]any)
					number, name := port["containerPort"], port["name"]
					if number == nil {
						number = port["port"]
					}
					if seen[number] || name != nil && names[name] {
						t.Errorf("%s has port %v %v twice", where, number, name)
					}
					seen[number], names[name] = true, true
				}
			}
			distinctPorts(t, where, member)
		}
	case []any:
		for _, item := range value {
			distinctPorts(t, where, item)
		}
	}
}

func TestDrawingTwiceGivesTheSameBytesAndChangesNothing(t *testing.T) {
	c := demo(t, Quorum{})
	before := document(t, drawn(c))
	parent := c.Parent.DeepCopy()
	if diff := cmp.Diff(before, document(t, drawn(c))); diff != "" {
		t.Errorf("drawn again (-first +second)\n%s", diff)
	}
	if diff := cmp.Diff(before, document(t, drawn(demo(t, Quorum{})))); diff != "" {
		t.Errorf("drawn from another copy (-first +second)\n%s", diff)
	}
	if diff := cmp.Diff(parent, c.Parent); diff != "" {
		t.Errorf("the KafkaCluster has changed (-before +after)\n%s", diff)
	}
}
