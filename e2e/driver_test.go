package e2e

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/kompositor/kompositor/e2e/metacontroller"
)

const (
	configA = `{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {size: "1", old: x}}`
	configB = `{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {size: "2"}}`
	podA    = `{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: c, image: one}]}}`
	podB    = `{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: c, image: two}]}}`
	serving = `{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {type: NodePort, ports: [{port: 1}]}}`
	wrong   = `{apiVersion: v1, kind: Service, metadata: {name: wrong}, spec: {ports: [{port: 70000}]}}`
	secretA = `{apiVersion: v1, kind: Secret, metadata: {name: a}, stringData: {key: one}}`
	secretB = `{apiVersion: v1, kind: Secret, metadata: {name: a}, stringData: {key: two}}`
)

func children(list ...string) string {
	return "{status: {phase: Ready}, resyncAfterSeconds: 5, children: [" + strings.Join(list, ", ") + "]}"
}

func TestDriverCreatesInOrderOfKindsAndSettles(t *testing.T) {
	for _, strategy := range []metacontroller.ApplyStrategy{metacontroller.DynamicApply, metacontroller.ServerSideApply} {
		t.Run(string(strategy), func(t *testing.T) {
			toy := newToy(t, metacontroller.Options{Apply: strategy})
			toy.answer("/sync", children(serving, podA, configA))
			verb := map[metacontroller.ApplyStrategy]string{
				metacontroller.DynamicApply: "create", metacontroller.ServerSideApply: "apply",
			}[strategy]

			pass, writes := toy.sync()
			want := []string{
				"finalizer Toy.e2e.kompositor.test/v1 toy",
				verb + " ConfigMap.v1 a", verb + " Pod.v1 a", verb + " Service.v1 a",
				"status Toy.e2e.kompositor.test/v1 toy",
			}
			if diff := cmp.Diff(want, writes); diff != "" {
				t.Errorf("writes: -want +got:\n%s", diff)
			}
			if seconds := pass.ResyncAfter().Seconds(); seconds != 5 {
				t.Errorf("resync after %v s, not 5", seconds)
			}
			toy.mustBeOwned("a")
			for range 10 {
				if _, writes := toy.sync(); len(writes) > 0 {
					t.Fatalf("a settled parent is written: %v", writes)
				}
			}
		})
	}
}

// mustBeOwned checks a ConfigMap's label, owner, and that the last applied configuration is the hook's own object.
func (toy *toy) mustBeOwned(name string) {
	toy.t.Helper()
	parent, child := toy.read("e2e.kompositor.test/v1", "toys", "toy"), toy.read("v1", "configmaps", name)
	if got, want := child.GetLabels()["controller-uid"], string(parent.GetUID()); got != want {
		toy.t.Errorf("label controller-uid is %q, not %q", got, want)
	}
	owners := child.GetOwnerReferences()
	if len(owners) != 1 || owners[0].UID != parent.GetUID() || !*owners[0].Controller || !*owners[0].BlockOwnerDeletion {
		toy.t.Errorf("owners are %v", owners)
	}
	last := child.GetAnnotations()["metacontroller.k8s.io/last-applied-configuration"]
	if strings.Contains(last, "ownerReferences") {
		toy.t.Errorf("the last applied configuration has owners: %s", last)
	}
}

func TestDriverSendsEveryChildKind(t *testing.T) {
	toy := newToy(t, metacontroller.Options{})
	toy.answer("/sync", children(podA))
	pass, _ := toy.sync()
	sent := request(t, pass)
	if diff := cmp.Diff([]string{"children", "controller", "finalizing", "parent", "related"},
		slices.Sorted(maps.Keys(sent))); diff != "" {
		t.Errorf("keys: -want +got:\n%s", diff)
	}
	want := map[string]any{
		"ConfigMap.v1": map[string]any{}, "Pod.v1": map[string]any{},
		"Secret.v1": map[string]any{}, "Service.v1": map[string]any{},
	}
	if diff := cmp.Diff(want, sent["children"]); diff != "" {
		t.Errorf("children: -want +got:\n%s", diff)
	}
	pass, _ = toy.sync()
	pods := request(t, pass)["children"].(map[string]any)["Pod.v1"].(map[string]any)
	if diff := cmp.Diff([]string{toy.namespace + "/a"}, slices.Collect(maps.Keys(pods))); diff != "" {
		t.Errorf("Pods: -want +got:\n%s", diff)
	}
}

func TestDriverUpdatesInPlace(t *testing.T) {
	for _, strategy := range []metacontroller.ApplyStrategy{metacontroller.DynamicApply, metacontroller.ServerSideApply} {
		t.Run(string(strategy), func(t *testing.T) {
			toy := newToy(t, metacontroller.Options{Apply: strategy})
			toy.answer("/sync", children(configA, serving))
			toy.sync()
			kubectl(t, "", "-n", toy.namespace, "patch", "configmap", "a", "--type=merge", "-p", `{"data":{"foreign":"y"}}`)
			nodePort := toy.nodePorts()[0]

			toy.answer("/sync", children(configB, strings.Replace(serving, "{port: 1}", "{port: 1, name: p}", 1)))
			pass, _ := toy.sync()
			if len(pass.Rejections()) > 0 {
				t.Error(pass.Rejections())
			}
			data, _, err := unstructured.NestedStringMap(toy.read("v1", "configmaps", "a").Object, "data")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(map[string]string{"size": "2", "foreign": "y"}, data); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if got := toy.nodePorts()[0]; got != nodePort {
				t.Errorf("the node port moved from %v to %v", nodePort, got)
			}
			if _, writes := toy.sync(); len(writes) > 0 {
				t.Errorf("a settled parent is written: %v", writes)
			}
		})
	}
}

func (toy *toy) nodePorts() []any {
	toy.t.Helper()
	ports, _, err := unstructured.NestedSlice(toy.read("v1", "services", "a").Object, "spec", "ports")
	if err != nil {
		toy.t.Fatal(err)
	}
	var numbers []any
	for _, port := range ports {
		numbers = append(numbers, port.(map[string]any)["nodePort"])
	}
	return numbers
}

func TestDriverDeletesWhatIsOmitted(t *testing.T) {
	toy := newToy(t, metacontroller.Options{})
	held := strings.Replace(configA, "name: a", "name: held, finalizers: [e2e.kompositor.test/hold]", 1)
	toy.answer("/sync", children(configA, held))
	toy.sync()

	toy.answer("/sync", children(configA))
	_, writes := toy.sync()
	if diff := cmp.Diff([]string{"delete ConfigMap.v1 held"}, writes); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if _, writes := toy.sync(); len(writes) > 0 {
		t.Errorf("a child that is already going is written: %v", writes)
	}
	toy.answer("/sync", children(configA, strings.Replace(held, `"1"`, `"2"`, 1)))
	if _, writes := toy.sync(); len(writes) > 0 {
		t.Errorf("a child that is going is written when it is wanted again: %v", writes)
	}
	release := []string{"patch", "configmap", "held", "--type=merge", "-p", `{"metadata":{"finalizers":null}}`}
	kubectl(t, "", append(release, "-n", toy.namespace)...)
	waitFor(t, "the ConfigMap to be gone", gone("v1", "configmaps", toy.namespace+"/held"))
	_, writes = toy.sync()
	if diff := cmp.Diff([]string{"create ConfigMap.v1 held"}, writes); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	kubectl(t, "", append(release, "-n", toy.namespace)...)
}

func TestDriverLeavesOnDeleteChildrenAlone(t *testing.T) {
	for _, strategy := range []metacontroller.ApplyStrategy{metacontroller.DynamicApply, metacontroller.ServerSideApply} {
		t.Run(string(strategy), func(t *testing.T) {
			toy := newToy(t, metacontroller.Options{Apply: strategy})
			toy.answer("/sync", children(podA))
			toy.sync()
			toy.answer("/sync", children(podB))
			if _, writes := toy.sync(); len(writes) > 0 {
				t.Errorf("a Pod is written: %v", writes)
			}
			// A restart is the omission of the Pod, and its return once it is gone.
			toy.answer("/sync", children())
			toy.sync()
			waitFor(t, "the Pod to be gone", gone("v1", "pods", toy.namespace+"/a"))
			toy.answer("/sync", children(podB))
			toy.sync()
			containers, _, err := unstructured.NestedSlice(toy.read("v1", "pods", "a").Object, "spec", "containers")
			if err != nil {
				t.Fatal(err)
			}
			if image := containers[0].(map[string]any)["image"]; image != "two" {
				t.Errorf("the new Pod's image is %v", image)
			}
		})
	}
}

func TestDriverRecreates(t *testing.T) {
	for _, strategy := range []metacontroller.ApplyStrategy{metacontroller.DynamicApply, metacontroller.ServerSideApply} {
		t.Run(string(strategy), func(t *testing.T) {
			toy := newToy(t, metacontroller.Options{Apply: strategy})
			toy.answer("/sync", children(secretA))
			toy.sync()
			before := toy.read("v1", "secrets", "a").GetUID()
			toy.answer("/sync", children(secretB))
			_, writes := toy.sync()
			if diff := cmp.Diff([]string{"delete Secret.v1 a"}, writes); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			toy.sync()
			if toy.read("v1", "secrets", "a").GetUID() == before {
				t.Error("the Secret is still the old one")
			}
		})
	}
}

func TestDriverFinalizes(t *testing.T) {
	t.Parallel() // the garbage collector may take half a minute to notice a new kind of parent
	toy := newToy(t, metacontroller.Options{})
	toy.answer("/sync", children(podA, configA))
	toy.answer("/finalize", "{status: {phase: Ending}, finalized: false, children: ["+configA+"]}")
	toy.sync()
	want := []string{"metacontroller.io/compositecontroller-toy"}
	if diff := cmp.Diff(want, toy.read("e2e.kompositor.test/v1", "toys", "toy").GetFinalizers()); diff != "" {
		t.Errorf("finalizers: -want +got:\n%s", diff)
	}

	kubectl(t, "", "-n", toy.namespace, "delete", "toy", "toy", "--wait=false")
	pass, writes := toy.sync()
	if pass.Hook != "finalize" || request(t, pass)["finalizing"] != true {
		t.Errorf("hook %q with finalizing %v", pass.Hook, request(t, pass)["finalizing"])
	}
	if diff := cmp.Diff([]string{"delete Pod.v1 a", "status Toy.e2e.kompositor.test/v1 toy"}, writes); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}

	toy.answer("/finalize", "{finalized: true, children: []}")
	_, writes = toy.sync()
	if diff := cmp.Diff([]string{"finalizer Toy.e2e.kompositor.test/v1 toy"}, writes); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	waitFor(t, "the parent to be gone", gone("e2e.kompositor.test/v1", "toys", toy.namespace+"/toy"))
	waitFor(t, "its children to be collected", gone("v1", "configmaps", toy.namespace+"/a"))
	if pass, _ := toy.sync(); pass.Hook != "" {
		t.Errorf("hook %q is called for a parent that is gone", pass.Hook)
	}
}

// A status field that the CRD's schema does not know is pruned and so differs for ever: each pass writes it again.
func TestDriverWritesStatusOnlyIfItDiffers(t *testing.T) {
	toy := newToy(t, metacontroller.Options{})
	toy.answer("/sync", "{status: {phase: One}, children: []}")
	toy.sync()
	status := toy.read("e2e.kompositor.test/v1", "toys", "toy").Object["status"]
	if diff := cmp.Diff(map[string]any{"phase": "One", "observedGeneration": int64(1)}, status); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if pass, _ := toy.sync(); pass.Count(metacontroller.Status) != 0 {
		t.Error("an equal status is written")
	}
	toy.answer("/sync", "{status: {phase: Two}, children: []}")
	if pass, _ := toy.sync(); pass.Count(metacontroller.Status) != 1 {
		t.Error("a new status is not written")
	}
	toy.answer("/sync", "{status: {phase: Two, unknown: x}, children: []}")
	for range 2 {
		if pass, _ := toy.sync(); pass.Count(metacontroller.Status) != 1 {
			t.Error("a pruned status is not written again")
		}
	}
}

func TestDriverReportsRefusals(t *testing.T) {
	for _, strategy := range []metacontroller.ApplyStrategy{metacontroller.DynamicApply, metacontroller.ServerSideApply} {
		t.Run(string(strategy), func(t *testing.T) {
			toy := newToy(t, metacontroller.Options{Apply: strategy})
			toy.answer("/sync", children(wrong, configA))
			pass, err := toy.driver.Sync(t.Context(), toy.key())
			if err == nil || !strings.Contains(err.Error(), "spec.ports[0].port") {
				t.Errorf("error %v", err)
			}
			if got := pass.Rejections(); len(got) != 1 || got[0].Key.Name != "wrong" || got[0].Ignored {
				t.Errorf("rejections %v", got)
			}
			toy.read("v1", "configmaps", "a") // the others are written, and the status
			if pass.Count(metacontroller.Status) != 1 {
				t.Error("the status is not written")
			}
		})
	}
}
