package metacontroller

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/kompositor/kompositor/e2e/kube"
)

func TestDynamicUpdateMergesThreeWays(t *testing.T) {
	for _, test := range merges() {
		t.Run(test.name, func(t *testing.T) {
			observed, desired := object(t, test.observed), object(t, test.desired)
			if err := setLastApplied(observed, object(t, test.last)); err != nil {
				t.Fatal(err)
			}
			got, err := dynamicUpdate(observed, desired)
			if err != nil {
				t.Fatal(err)
			}
			want := object(t, test.want)
			if err := setLastApplied(want, desired); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want.Object, got.Object); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestDynamicUpdateEqualsObservedWhenNothingChanged(t *testing.T) {
	desired := object(t, `{metadata: {name: a}, spec: {replicas: 3, list: [{name: x, value: "1"}]}}`)
	observed := object(t, `{metadata: {name: a, uid: u}, spec: {replicas: 3, list: [{name: x, value: "1", set: true}]}}`)
	if err := setLastApplied(observed, desired); err != nil {
		t.Fatal(err)
	}
	got, err := dynamicUpdate(observed, desired)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(observed.Object, got.Object); diff != "" {
		t.Errorf("-observed +update:\n%s", diff)
	}
}

// object makes an object of a YAML fragment: kind and apiVersion are added, whole numbers are int64.
func object(t *testing.T, fragment string) *kube.Object {
	t.Helper()
	encoded, err := yaml.YAMLToJSON([]byte(fragment))
	if err != nil {
		t.Fatal(err)
	}
	content := map[string]any{}
	if err := decode(encoded, &content, true); err != nil {
		t.Fatal(err)
	}
	content["apiVersion"], content["kind"] = "v1", "Test"
	return &kube.Object{Object: content}
}

type merge struct {
	name, observed, last, desired, want string
}

func merges() []merge {
	return []merge{{
		name:     "what the hook never asked for stays",
		observed: `spec: {a: 1, server: {default: x}}`, last: `spec: {a: 1}`, desired: `spec: {a: 2}`,
		want: `spec: {a: 2, server: {default: x}}`,
	}, {
		name:     "what the hook no longer asks for goes, with foreign fields below it",
		observed: `spec: {a: 1, b: {mine: 1, foreign: 2}}`, last: `spec: {a: 1, b: {mine: 1}}`, desired: `spec: {a: 1}`,
		want: `spec: {a: 1}`,
	}, {
		name:     "objects with a common key merge in live order, new ones follow",
		observed: `list: [{name: b, server: 1}, {name: a}, {name: foreign}]`,
		last:     `list: [{name: a}, {name: b}, {name: old}]`,
		desired:  `list: [{name: new}, {name: a, x: 1}, {name: b}]`,
		want:     `list: [{name: b, server: 1}, {name: a, x: 1}, {name: foreign}, {name: new}]`,
	}, {
		name:     "an item the hook drops goes",
		observed: `list: [{name: a}, {name: b}]`, last: `list: [{name: a}, {name: b}]`, desired: `list: [{name: b}]`,
		want: `list: [{name: b}]`,
	}, {
		name:     "port counts before name",
		observed: `ports: [{port: 1, name: x, nodePort: 30000}]`, last: `ports: [{port: 1, name: x}]`,
		desired: `ports: [{port: 1, name: renamed}]`,
		want:    `ports: [{port: 1, name: renamed, nodePort: 30000}]`,
	}, {
		name:     "two items with the same key collapse into the later one",
		observed: `ports: []`, last: `ports: []`, desired: `ports: [{port: 1, protocol: TCP}, {port: 1, protocol: UDP}]`,
		want: `ports: [{port: 1, protocol: UDP}]`,
	}, {
		name:     "items without a common key are replaced as a whole",
		observed: `tolerations: [{key: mine}, {key: admitted}]`, last: `tolerations: [{key: mine}]`,
		desired: `tolerations: [{key: mine}]`,
		want:    `tolerations: [{key: mine}]`,
	}, {
		name:     "scalars in lists are replaced as a whole",
		observed: `args: [a, b]`, last: `args: [a, b]`, desired: `args: [b]`,
		want: `args: [b]`,
	}, {
		name:     "status and system metadata are the server's",
		observed: `{metadata: {uid: u, generation: 3}, status: {phase: Running}}`,
		last:     `{metadata: {uid: mine}}`,
		desired:  `{metadata: {uid: mine, creationTimestamp: null, resourceVersion: "1"}, status: {phase: Failed}}`,
		want:     `{metadata: {uid: u, generation: 3}, status: {phase: Running}}`,
	}}
}
