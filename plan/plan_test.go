package plan

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	gosync "sync"
	"testing"

	"github.com/cockroachdb/datadriven"
	"sigs.k8s.io/yaml"

	"github.com/kompositor/kompositor/simulator"
	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/metacontroller"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/cluster"
	"github.com/kompositor/kompositor/sync/operation"
	"github.com/kompositor/kompositor/sync/topic"
	"github.com/kompositor/kompositor/sync/user"
)

func hooks() map[string]sync.Hook {
	return map[string]sync.Hook{
		"kafkacluster": cluster.Hook{}, "kafkatopic": topic.Hook{}, "kafkauser": user.Hook{},
		"cruisecontroloperation": operation.Hook{},
	}
}

// The transcripts below testdata are plans; go test ./plan -rewrite writes them anew. They begin with
//
//	demo            the demo cluster as it is once it is ready
//	koperator       the demo cluster as Koperator would have left it: its names, no record of Metacontroller's
//	only            the KafkaCluster alone
//
// and go on with live, which changes what is there (remove=Kind takes a kind away, pod=1 makes a broker's Pod unready),
// and with plan [o=text|json|mermaid] [pending], of the changes below it: path=value, path+=value, path-=index.
func TestTranscripts(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		s := &script{}
		datadriven.RunTest(t, path, s.run)
	})
}

type script struct{ objects []apiserver.Object }

func (s *script) run(t *testing.T, d *datadriven.TestData) string {
	t.Helper()
	switch d.Cmd {
	case "demo":
		s.objects = demo(t)
	case "only":
		s.objects = demo(t)[:1]
		delete(s.objects[0], "status")
	case "koperator":
		s.objects = asKoperator(demo(t))
	case "live":
		for _, argument := range d.CmdArgs {
			s.live(argument.Key, argument.Vals[0])
		}
		change(t, s.objects[0], d.Input)
	case "plan":
		return s.plan(t, d)
	default:
		t.Fatalf("there is no command %q", d.Cmd)
	}
	return ""
}

func (s *script) live(what, value string) {
	var kept []apiserver.Object
	for _, o := range s.objects {
		if what == "remove" && o["kind"] == value {
			continue
		}
		if what == "pod" && o["kind"] == "Pod" && apiserver.Label(o, brokerLabel) == value {
			for _, condition := range apiserver.List(o, "status", "conditions") {
				if condition["type"] == "Ready" {
					condition["status"] = "False"
				}
			}
		}
		kept = append(kept, o)
	}
	s.objects = kept
}

func (s *script) plan(t *testing.T, d *datadriven.TestData) string {
	t.Helper()
	changed := apiserver.Copy(s.objects[0])
	delete(changed, "status")
	change(t, changed, d.Input)
	options := Options{Objects: s.objects, Changed: changed, Hooks: hooks()}
	if d.HasArg("pending") {
		options.Changed = nil
	}
	before := encode(t, s.objects)
	made, err := Make(options)
	if err != nil {
		return "error: " + err.Error() + "\n"
	}
	if encode(t, s.objects) != before {
		t.Error("the objects were changed")
	}
	again, err := Make(options)
	if err != nil || encode(t, again) != encode(t, made) {
		t.Errorf("the second plan differs (%v)", err)
	}
	for _, argument := range d.CmdArgs {
		switch argument.String() {
		case "o=json":
			return encode(t, made)
		case "o=mermaid":
			return made.Mermaid()
		}
	}
	text, assumed, _ := strings.Cut(made.Text(), "\nAssumed:")
	if d.HasArg("assumed") {
		text += "\nAssumed:" + assumed
	}
	return text + "verdict: " + string(made.Verdict) + "\n"
}

func encode(t *testing.T, value any) string {
	t.Helper()
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text) + "\n"
}

// change edits a KafkaCluster, a line each: spec.readOnlyConfig+=key=value, spec.brokers.2-=, spec.kRaft=true.
func change(t *testing.T, o apiserver.Object, edits string) {
	t.Helper()
	for line := range strings.SplitSeq(strings.TrimSpace(edits), "\n") {
		if line == "" {
			continue
		}
		path, text, found := strings.Cut(line, "=")
		if !found {
			t.Fatalf("%q is no edit", line)
		}
		var value any
		text = `{"v": ` + strings.TrimSpace(yamlToJSON(t, text)) + `}`
		if err := json.Unmarshal([]byte(text), &value); err != nil {
			t.Fatal(err)
		}
		verb := path[len(path)-1:]
		steps := strings.Split(strings.TrimRight(path, "+-"), ".")
		edited := editAt(o, steps, verb, value.(map[string]any)["v"])
		normal, err := Read(encode(t, edited))
		if err != nil {
			t.Fatal(err)
		}
		maps.Copy(o, normal[0])
	}
}

func yamlToJSON(t *testing.T, text string) string {
	t.Helper()
	read, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return string(read)
}

// editAt returns a value with what stands at a path set, appended to (+), or removed (-).
func editAt(at any, path []string, verb string, value any) any {
	if len(path) == 0 {
		switch was := at.(type) {
		case string:
			if verb == "+" {
				return strings.TrimSuffix(was, "\n") + "\n" + fmt.Sprint(value) + "\n"
			}
		case []any:
			if verb == "+" {
				return append(was, value)
			}
		}
		return value
	}
	switch at := at.(type) {
	case []any:
		index, err := strconv.Atoi(path[0])
		if err != nil || index >= len(at) {
			panic(fmt.Sprintf("no item %s", path[0]))
		}
		if len(path) == 1 && verb == "-" {
			return append(at[:index:index], at[index+1:]...)
		}
		at[index] = editAt(at[index], path[1:], verb, value)
		return at
	case map[string]any:
		at[path[0]] = editAt(at[path[0]], path[1:], verb, value)
		return at
	default:
		return map[string]any{path[0]: editAt(nil, path[1:], verb, value)}
	}
}

// demoText is the demo cluster of a simulated world, as kubectl get prints it.
var demoText = gosync.OnceValues(func() (string, error) {
	cr, err := os.ReadFile("../manifests/samples/kafkacluster-demo.yaml")
	if err != nil {
		return "", err
	}
	w := simulator.New(simulator.Options{Seed: 1, Nodes: 6, Hook: func(w *simulator.World) metacontroller.Hook {
		return simulator.Line{Hooks: hooks(), World: w}
	}})
	if err := w.Apply(string(cr)); err != nil {
		return "", err
	}
	if err := w.RunUntil(simulator.Ready, 200); err != nil {
		return "", err
	}
	text, err := json.Marshal(map[string]any{"apiVersion": "v1", "kind": "List", "items": w.Objects()})
	return string(text), err
})

func demo(t *testing.T) []apiserver.Object {
	t.Helper()
	text, err := demoText()
	if err != nil {
		t.Fatal(err)
	}
	objects, err := Read(text)
	if err != nil || len(objects) < 10 {
		t.Fatalf("%d objects: %v", len(objects), err)
	}
	return objects
}

// asKoperator takes away what Kompositor and Metacontroller write, and adds what Koperator does: random suffixes to the
// names of Pods and claims, and a status of its own.
func asKoperator(objects []apiserver.Object) []apiserver.Object {
	status := apiserver.Map(objects[0], "status")
	for _, field := range []string{"conditions", "kRaft", "observedGeneration", "clusterWideConfig"} {
		delete(status, field)
	}
	for id := range apiserver.Map(status, "brokersState") {
		broker := apiserver.Map(status, "brokersState", id)
		delete(broker, "dynamicConfig")
		broker["configurationBackup"] = "H4sIAAAAAAAA"
	}
	delete(apiserver.Map(objects[0], "metadata"), "finalizers")
	for _, o := range objects[1:] {
		delete(apiserver.Map(o, "metadata"), "annotations")
		delete(apiserver.Map(o, "metadata", "labels"), uidLabel)
		switch o["kind"] {
		case "PersistentVolumeClaim":
			apiserver.Set(o, apiserver.Name(o)+"-x7k2p", "metadata", "name")
			apiserver.Set(o, "/kafka-logs", "metadata", "annotations", "mountPath")
		case "Pod":
			apiserver.Set(o, apiserver.Name(o)+"-q4z9d", "metadata", "name")
			for _, volume := range apiserver.List(o, "spec", "volumes") {
				if claim := apiserver.Map(volume, "persistentVolumeClaim"); claim != nil {
					claim["claimName"] = apiserver.String(claim, "claimName") + "-x7k2p"
				}
			}
		}
	}
	return objects
}

// What Koperator has made is taken over without a restart, and nothing of it is deleted: a cluster of our own, and
// those of Koperator's samples where they stand beside this project.
func TestKoperatorsOutputIsTakenOver(t *testing.T) {
	own, err := os.ReadFile("../e2e/testdata/koperator.yaml")
	if err != nil {
		t.Fatal(err)
	}
	objects, err := Read(string(own))
	if err != nil {
		t.Fatal(err)
	}
	t.Run("our own", func(t *testing.T) { takenOver(t, objects) })
	files, err := filepath.Glob("../../shared/koperator-output/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) { takenOver(t, koperatorOutput(t, file)) })
	}
}

// takenOver says that objects of Koperator's are adopted, and that no more happens to them.
func takenOver(t *testing.T, objects []apiserver.Object) {
	t.Helper()
	made, err := Make(Options{Objects: objects, Hooks: hooks()})
	if err != nil {
		t.Fatal(err)
	}
	counts := map[Action]int{}
	for _, step := range made.Steps {
		counts[step.Action]++
	}
	if counts[Restart]+counts[Stop]+counts[Start]+counts[Delete]+counts[Grow]+len(made.Refused) > 0 {
		t.Errorf("more than an adoption:\n%s", made.Text())
	}
	if counts[Label] == 0 || counts[Adopt] == 0 || made.Verdict != Change {
		t.Errorf("nothing is adopted:\n%s", made.Text())
	}
}

// koperatorOutput is one of the files, with the spec of its sample; the Pods are made ready, which nobody did there.
func koperatorOutput(t *testing.T, file string) []apiserver.Object {
	t.Helper()
	name := strings.TrimSuffix(filepath.Base(file), ".yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head := "apiVersion: kafka.banzaicloud.io/v1beta1\nkind: KafkaCluster\n"
	objects, err := Read(strings.Replace(string(text), "\nkind: KafkaCluster\n", "\n"+head, 1))
	if err != nil {
		t.Fatal(err)
	}
	sample, err := os.ReadFile("../../shared/samples/" + strings.ReplaceAll(name, "-", "_") + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	wanted, err := Read(string(sample))
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range objects {
		switch o["kind"] {
		case "KafkaCluster":
			apiserver.Set(o, "k-"+name, "metadata", "namespace")
			o["spec"] = wanted[0]["spec"]
		case "Pod":
			apiserver.Set(o, []any{apiserver.Object{"type": "Ready", "status": "True"}}, "status", "conditions")
		}
	}
	return objects
}
