package metacontroller

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/apply"
)

// lab is a Metacontroller on an API server, with a hook that answers what a test says.
type lab struct {
	*Metacontroller
	t      *testing.T
	server *apiserver.Server
	now    time.Time
	answer func(hook string, request apiserver.Object) string
	hooks  []string
}

func newLab(t *testing.T, answer func(hook string, request apiserver.Object) string) *lab {
	t.Helper()
	return newLabWith(t, Options{}, answer)
}

func newLabWith(t *testing.T, options Options, answer func(hook string, request apiserver.Object) string) *lab {
	t.Helper()
	l := &lab{t: t, now: time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC), answer: answer}
	options.Now, options.Controller, options.Hook = func() time.Time { return l.now }, KafkaClusters(), l
	options.Server = apiserver.New(apiserver.Options{Seed: 1, Now: options.Now, Managed: options.ServerSide})
	options.Seed, l.server = 1, options.Server
	l.Metacontroller = New(options)
	l.create(
		`{"apiVersion":"kafka.banzaicloud.io/v1beta1","kind":"KafkaCluster",
			"metadata":{"name":"k","namespace":"n"},"spec":{}}`,
	)
	return l
}

func (l *lab) create(text string) apiserver.Object {
	l.t.Helper()
	o, err := apply.Decode([]byte(text))
	if err != nil {
		l.t.Fatal(err)
	}
	if o, err = l.server.As("user").Create(o); err != nil {
		l.t.Fatal(err)
	}
	return o
}

func (l *lab) Call(hook, _ string, asked *Request) (int, []byte, error) {
	l.hooks = append(l.hooks, hook)
	request, err := apply.Decode(asked.Whole())
	if err != nil {
		l.t.Fatal(err)
	}
	answer := l.answer(hook, request)
	switch {
	case hook == "customize" && answer == "":
		return 200, []byte(`{"relatedResources":[]}`), nil
	case answer == "down":
		return 0, nil, errors.New("connection refused")
	case answer == "500":
		return 500, []byte("a bug"), nil
	}
	return 200, []byte(answer), nil
}

// seconds lets time pass.
func (l *lab) seconds(n int) {
	for range n {
		l.now = l.now.Add(time.Second)
		l.server.CollectGarbage()
		l.Step()
	}
}

func (l *lab) parent() apiserver.Object {
	parent, _ := l.server.Get(apiserver.Key{Kind: l.Controller.Parent, Namespace: "n", Name: "k"})
	return parent
}

func (l *lab) names(kind string) string {
	var names []string
	for _, o := range l.server.List(kind) {
		names = append(names, apiserver.Name(o))
	}
	return strings.Join(names, " ")
}

// children is an answer with these ConfigMaps.
func configMaps(names ...string) string {
	children := []any{}
	for _, name := range names {
		children = append(children, apiserver.Object{
			"apiVersion": "v1", "kind": "ConfigMap", "metadata": apiserver.Object{"name": name},
			"data": apiserver.Object{"k": "v"},
		})
	}
	text, _ := json.Marshal(apiserver.Object{"status": apiserver.Object{"ok": true}, "children": children})
	return string(text)
}

func TestPass(t *testing.T) {
	desired := []string{"a", "b"}
	l := newLab(t, func(hook string, _ apiserver.Object) string {
		if hook == "customize" {
			return ""
		}
		return configMaps(desired...)
	})
	l.seconds(1)
	if got := l.names("ConfigMap.v1"); got != "a b" {
		t.Fatalf("created %q", got)
	}
	child := l.server.List("ConfigMap.v1")[0]
	if apiserver.ControllerUID(child) != apiserver.UID(l.parent()) || apiserver.Namespace(child) != "n" ||
		apiserver.Label(child, uidLabel) != apiserver.UID(l.parent()) {
		t.Errorf("a child gets its owner, namespace and label: %v", child)
	}
	if !apiserver.HasFinalizer(l.parent(), l.Controller.Finalizer()) ||
		!apiserver.Bool(l.parent(), "status", "ok") || apiserver.Int(l.parent(), "status", "observedGeneration") != 1 {
		t.Errorf("a parent gets its finalizer and status: %v", l.parent())
	}
	before := len(l.server.Writes())
	l.Force()
	l.seconds(1)
	if writes := l.server.Writes()[before:]; len(writes) > 0 {
		t.Errorf("the same answer again writes: %v", writes)
	}
	desired = []string{"b", "c"}
	l.Force()
	l.seconds(1)
	if got := l.names("ConfigMap.v1"); got != "b c" {
		t.Errorf("after another answer there are %q", got)
	}
}

func TestFailedCallsChangeNothingAndBackOff(t *testing.T) {
	answers := []string{configMaps("a")}
	l := newLab(t, func(hook string, _ apiserver.Object) string {
		if hook == "customize" {
			return ""
		}
		return answers[0]
	})
	l.seconds(1)
	for name, answer := range map[string]string{
		"unreachable": "down", "a bug": "500", "no JSON": "{",
		"no children": `{"status":{}}`, "null children": `{"children":null}`,
		"a null child": `{"children":[null]}`, "an unknown field": `{"children":[],"events":[]}`,
		"a child without kind": `{"children":[{"apiVersion":"v1","metadata":{"name":"a"}}]}`,
		"a foreign label": `{"children":[{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"z",
			"labels":{"controller-uid":"other"}}}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			answers[0] = answer
			before, calls := len(l.server.Writes()), len(l.hooks)
			l.Force()
			l.seconds(60)
			if writes := l.server.Writes()[before:]; len(writes) > 0 {
				t.Errorf("it wrote %v", writes)
			}
			if made := len(l.hooks) - calls; made < 3 || made > 30 {
				t.Errorf("%d calls in a minute: want a few, further and further apart", made)
			}
			answers[0] = configMaps("a")
			l.seconds(200)
		})
	}
}

func TestDeletionGoesThroughFinalize(t *testing.T) {
	finalized := false
	l := newLab(t, func(hook string, request apiserver.Object) string {
		switch {
		case hook == "customize":
			return ""
		case hook == "finalize" && finalized:
			return `{"status":{},"children":[],"finalized":true}`
		case hook == "finalize" && !apiserver.Bool(request, "finalizing"):
			t.Error("finalize without finalizing")
		}
		return configMaps("a")
	})
	l.seconds(1)
	if err := l.server.As("user").Delete(apiserver.KeyOf(l.parent()), apiserver.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	l.seconds(5)
	if l.parent() == nil || l.names("ConfigMap.v1") != "a" {
		t.Fatal("the parent and what finalize lists stay until finalized")
	}
	finalized = true
	l.Force()
	l.seconds(2)
	if l.parent() != nil || l.names("ConfigMap.v1") != "" {
		t.Error("once finalized, the parent goes and garbage collection takes the rest")
	}
}

func TestCustomizeIsAskedOncePerGeneration(t *testing.T) {
	related := ""
	l := newLab(t, func(hook string, request apiserver.Object) string {
		if hook == "customize" {
			return `{"relatedResources":[{"apiVersion":"v1","resource":"secrets","namespace":"n","names":["mine"]}]}`
		}
		related = ""
		for name := range apiserver.Map(request, "related", "Secret.v1") {
			related += name
		}
		return configMaps()
	})
	l.seconds(1)
	l.create(`{"apiVersion":"v1","kind":"Secret","metadata":{"name":"theirs","namespace":"n"}}`)
	calls := len(l.hooks)
	l.seconds(1)
	if len(l.hooks) != calls {
		t.Error("a Secret that nobody asked for wakes nobody")
	}
	l.create(`{"apiVersion":"v1","kind":"Secret","metadata":{"name":"mine","namespace":"n"}}`)
	l.seconds(1)
	if related != "n/mine" {
		t.Errorf("related are %q", related)
	}
	edit := apiserver.Copy(l.parent())
	apiserver.Set(edit, int64(1), "spec", "a")
	if _, err := l.server.As("user").Update(edit); err != nil {
		t.Fatal(err)
	}
	l.seconds(1)
	asked := len(slices.DeleteFunc(slices.Clone(l.hooks), func(hook string) bool { return hook != "customize" }))
	if asked != 2 {
		t.Errorf("customize was asked %d times for two generations", asked)
	}
}

func TestAdoptionAndRelease(t *testing.T) {
	l := newLab(t, func(hook string, _ apiserver.Object) string {
		if hook == "customize" {
			return ""
		}
		return configMaps("orphan")
	})
	l.create(
		`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"orphan","namespace":"n","labels":{"controller-uid":"` +
			apiserver.UID(l.parent()) + `"}}}`,
	)
	l.seconds(1)
	orphan := l.server.List("ConfigMap.v1")[0]
	if apiserver.ControllerUID(orphan) != apiserver.UID(l.parent()) || apiserver.String(orphan, "data", "k") != "v" {
		t.Errorf("an orphan that matches is adopted and updated: %v", orphan)
	}
	stray := apiserver.Copy(orphan)
	delete(apiserver.Map(stray, "metadata", "labels"), uidLabel)
	if _, err := l.server.As("user").Update(stray); err != nil {
		t.Fatal(err)
	}
	l.seconds(1)
	if apiserver.ControllerUID(l.server.List("ConfigMap.v1")[0]) != "" {
		t.Error("a child that no longer matches is released")
	}
}

func TestResyncAfter(t *testing.T) {
	l := newLab(t, func(hook string, _ apiserver.Object) string {
		if hook == "customize" {
			return ""
		}
		return `{"status":{},"children":[],"resyncAfterSeconds":7}`
	})
	l.seconds(2)
	calls := len(l.hooks)
	l.seconds(70)
	if made := len(l.hooks) - calls; made < 9 || made > 12 {
		t.Errorf("%d calls in 70 s with resyncAfterSeconds 7 and a period of 60 s", made)
	}
}
