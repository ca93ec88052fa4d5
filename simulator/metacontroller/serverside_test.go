package metacontroller

import (
	"testing"

	"github.com/kompositor/kompositor/simulator/apiserver"
)

// serverSideLab is a lab whose Metacontroller applies on the server's side; the hook answers with the children that
// children points to.
func serverSideLab(t *testing.T, children *string) *lab {
	t.Helper()
	l := newLabWith(t, Options{ServerSide: true}, func(hook string, _ apiserver.Object) string {
		if hook == "customize" {
			return ""
		}
		return `{"status":{},"children":[` + *children + `]}`
	})
	return l
}

func (l *lab) object(kind, name string) apiserver.Object {
	l.t.Helper()
	o, ok := l.server.Get(apiserver.Key{Kind: kind, Namespace: "n", Name: name})
	if !ok {
		l.t.Fatalf("there is no %s %s", kind, name)
	}
	return o
}

// edit changes an object by hand.
func (l *lab) edit(kind, name, to string, path ...string) {
	l.t.Helper()
	o := apiserver.Copy(l.object(kind, name))
	apiserver.Set(o, to, path...)
	if _, err := l.server.As("user").Update(o); err != nil {
		l.t.Fatal(err)
	}
}

func (l *lab) call() {
	l.Force()
	l.seconds(1)
}

const (
	configA = `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"k":"v","old":"x"}}`
	configB = `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"k":"w"}}`
	budget  = `{"apiVersion":"policy/v1","kind":"PodDisruptionBudget","metadata":{"name":"b","labels":{"l":"ours"}},
		"spec":{}}`
	podOne = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},
		"spec":{"containers":[{"name":"c","image":"one"}]}}`
	podTwo = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},
		"spec":{"containers":[{"name":"c","image":"two"}]}}`
	operation = `{"apiVersion":"kafka.banzaicloud.io/v1alpha1","kind":"CruiseControlOperation","metadata":{"name":"o"},
		"spec":{"errorPolicy":"retry"}}`
)

// What docs/metacontroller.md has seen of a real Metacontroller.
func TestServerSideApply(t *testing.T) {
	children := configA + "," + budget + "," + podOne + "," + operation
	l := serverSideLab(t, &children)
	l.seconds(1)
	config := l.object("ConfigMap.v1", "a")
	if apiserver.ControllerUID(config) != apiserver.UID(l.parent()) ||
		apiserver.Map(config, "metadata")["annotations"] != nil {
		t.Errorf("a child has its owner and no annotation: %v", config)
	}
	before := len(l.server.Writes())
	l.call()
	if writes := l.server.Writes()[before:]; len(writes) > 0 {
		t.Errorf("the same answer again writes %v", writes)
	}

	l.edit("ConfigMap.v1", "a", "by hand", "data", "k")
	l.edit("ConfigMap.v1", "a", "theirs", "data", "foreign")
	l.edit("PodDisruptionBudget.policy/v1", "b", "by-hand", "metadata", "labels", "l")
	l.edit("CruiseControlOperation.kafka.banzaicloud.io/v1alpha1", "o", "ignore", "spec", "errorPolicy")
	l.call()
	data := apiserver.Map(l.object("ConfigMap.v1", "a"), "data")
	if data["k"] != "v" || data["foreign"] != "theirs" {
		t.Errorf("a field of ours is put back, a foreign key stays: %v", data)
	}
	if got := apiserver.Label(l.object("PodDisruptionBudget.policy/v1", "b"), "l"); got != "by-hand" {
		t.Errorf("a label of a kind that counts generations is not put back, and is %q", got)
	}
	child := l.object("CruiseControlOperation.kafka.banzaicloud.io/v1alpha1", "o")
	if got := apiserver.String(child, "spec", "errorPolicy"); got != "retry" {
		t.Errorf("a field of an operation's spec is put back, and is %q", got)
	}

	children = configB + "," + budget + "," + podTwo + "," + operation
	l.call()
	data = apiserver.Map(l.object("ConfigMap.v1", "a"), "data")
	if data["k"] != "w" || data["old"] != nil || data["foreign"] != "theirs" {
		t.Errorf("a key that is not asked for any more goes: %v", data)
	}
	if got := apiserver.List(l.object("Pod.v1", "p"), "spec", "containers")[0]["image"]; got != "one" {
		t.Errorf("a listed Pod is left alone, and has image %v", got)
	}
}

// What Metacontroller does not see is patched and not created: the price of this strategy.
func TestServerSideApplyTakesOverWhatItDoesNotSee(t *testing.T) {
	children := configB + "," + podTwo
	l := serverSideLab(t, &children)
	l.create(`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"n"},"data":{"theirs":"x"}}`)
	l.create(`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"n"},
		"spec":{"containers":[{"name":"c","image":"theirs"}]}}`)
	l.seconds(1)
	config := l.object("ConfigMap.v1", "a")
	if apiserver.ControllerUID(config) != apiserver.UID(l.parent()) ||
		apiserver.String(config, "data", "k") != "w" || apiserver.String(config, "data", "theirs") != "x" {
		t.Errorf("a foreign ConfigMap is taken over: %v", config)
	}
	if got := apiserver.List(l.object("Pod.v1", "p"), "spec", "containers")[0]["image"]; got != "two" {
		t.Errorf("the image of a foreign Pod is %v, want it patched", got)
	}
}

// A site that changes its Metacontroller from one strategy to the other: what dynamic apply has written stays the
// other's, so a key that is dropped later does not go.
func TestServerSideApplyAfterDynamicApply(t *testing.T) {
	children := configA
	l := serverSideLab(t, &children)
	l.ServerSide = false
	l.seconds(1)
	l.ServerSide = true
	l.call()
	if annotations := apiserver.Map(l.object("ConfigMap.v1", "a"), "metadata")["annotations"]; annotations != nil {
		t.Errorf("the annotation of dynamic apply is removed; there are %v", annotations)
	}
	children = configB
	l.call()
	data := apiserver.Map(l.object("ConfigMap.v1", "a"), "data")
	if data["k"] != "w" || data["old"] != "x" {
		t.Errorf("data are %v, want k=w, and old=x left behind", data)
	}
}
