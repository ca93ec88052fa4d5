package simulator

import (
	"strings"
	"testing"

	"github.com/kompositor/kompositor/simulator/apiserver"
)

const toyCluster = `
apiVersion: kafka.banzaicloud.io/v1beta1
kind: KafkaCluster
metadata: {name: demo, namespace: data}
spec: {image: "kafka:1", brokers: [{id: 0}, {id: 1}, {id: 2}]}
`

func toyKey() apiserver.Key { return apiserver.Key{Kind: clusterKind, Namespace: "data", Name: "demo"} }

// readyToy returns a world in which the toy has brought a cluster with a topic to Ready.
func readyToy(t *testing.T, bug string) *World {
	t.Helper()
	w := New(Options{Seed: 1, Hook: toyHook(bug), TwiceEvery: 1, Unguarded: true})
	if testing.Verbose() {
		w.Tell(func(s Sentence) { t.Log(s) })
	}
	if err := w.Apply(toyCluster); err != nil {
		t.Fatal(err)
	}
	if err := w.RunUntil(Condition("Ready=True"), 60); err != nil {
		t.Fatal(err)
	}
	if err := w.Kafka.Cluster("data/demo").CreateTopic("orders", 6, 3, 2); err != nil {
		t.Fatal(err)
	}
	return w
}

func TestToyKeepsTheLaws(t *testing.T) {
	w := readyToy(t, "")
	if err := w.RunUntil(Ready, 60); err != nil {
		t.Fatal(err)
	}
	if err := w.Edit(toyKey(), func(o apiserver.Object) { apiserver.Set(o, "kafka:2", "spec", "image") }); err != nil {
		t.Fatal(err)
	}
	if err := w.RunUntil(Ready, 200); err != nil {
		t.Fatal(err)
	}
	if err := w.Delete(toyKey()); err != nil {
		t.Fatal(err)
	}
	if err := w.RunUntil(Gone, 100); err != nil {
		t.Fatal(err)
	}
	for _, breach := range w.Breaches() {
		t.Error(breach)
	}
}

// Every law has a bug that breaks it; without that nobody knows whether the law looks.
func TestBugsBreakLaws(t *testing.T) {
	image := func(w *World) error {
		return w.Edit(toyKey(), func(o apiserver.Object) { apiserver.Set(o, "kafka:2", "spec", "image") })
	}
	cases := []struct {
		bug  string
		law  Law
		edit func(*World) error
	}{
		{"restarts all", unavailable, image},
		{"restarts all", partitionsUp, image},
		{"restarts all", quorumKept, image},
		{"restarts blindly", unavailable, image},
		{"hot loop", noHotLoop, nil},
		{"chance", sameBytes, nil},
		{"map order", sameBytes, nil},
		{"changes the request", sameBytes, nil},
		{"leaks secrets", secretsKept, func(w *World) error {
			return w.Apply(`{"apiVersion":"v1","kind":"Secret","metadata":{"name":"theirs","namespace":"data"},
				"stringData":{"password":"a password of theirs"}}`)
		}},
		{"drops brokers", dataKept, func(w *World) error {
			return w.Edit(toyKey(), func(o apiserver.Object) {
				apiserver.Set(o, []any{apiserver.Object{"id": int64(0)}, apiserver.Object{"id": int64(1)}}, "spec", "brokers")
			})
		}},
		{"drops on mistakes", invalidHeld, func(w *World) error {
			return w.Edit(toyKey(), func(o apiserver.Object) { apiserver.Set(o, "", "spec", "image") })
		}},
	}
	for _, c := range cases {
		t.Run(c.bug+" breaks "+string(c.law), func(t *testing.T) {
			w := readyToy(t, c.bug)
			w.Run(10)
			if c.edit != nil {
				if err := c.edit(w); err != nil {
					t.Fatal(err)
				}
			}
			w.Run(30)
			w.confirmQuiet()
			var laws []string
			for _, breach := range w.Breaches() {
				if breach.Law == c.law {
					return
				}
				laws = append(laws, string(breach.Law))
			}
			t.Errorf("no checker noticed; broken were: %s", strings.Join(laws, "; "))
		})
	}
}
