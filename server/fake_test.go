package server

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	gosync "sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/kompositor/kompositor/sync"
)

// fakeHook is a hook of function fields; those that are nil do the obvious: every observed Pod and claim is listed
// again.
type fakeHook struct {
	observe   func(sync.Request) error
	ask       func() sync.Questions
	plan      func(sync.Request, sync.Facts) sync.Decision
	customize func(sync.CustomizeRequest) (sync.CustomizeResponse, error)
}

type fakeObserved struct {
	hook    fakeHook
	request sync.Request
	parent  sync.Parent
}

func (h fakeHook) Observe(request sync.Request) (sync.Observed, error) {
	if h.observe != nil {
		if err := h.observe(request); err != nil {
			return nil, err
		}
	}
	parent := request.Parent.Identity()
	if parent.Name == "" {
		return nil, errors.New("/parent/metadata/name is missing")
	}
	parent.Cluster = parent.Namespace + "/" + parent.Name
	sync.Sort(request.Children.Pods)
	sync.Sort(request.Children.PersistentVolumeClaims)
	return fakeObserved{h, request, parent}, nil
}

func (h fakeHook) Customize(request sync.CustomizeRequest) (sync.CustomizeResponse, error) {
	if h.customize == nil {
		return sync.CustomizeResponse{RelatedResources: []sync.RelatedResource{}}, nil
	}
	return h.customize(request)
}

func (o fakeObserved) Parent() sync.Parent { return o.parent }

func (o fakeObserved) Ask() sync.Questions {
	if o.hook.ask == nil {
		return sync.Questions{}
	}
	return o.hook.ask()
}

func (o fakeObserved) Plan(facts sync.Facts) sync.Decision {
	if o.hook.plan == nil {
		return listAll(o.request)
	}
	return o.hook.plan(o.request, facts)
}

// listAll keeps everything that is there.
func listAll(request sync.Request) sync.Decision {
	d := sync.Decision{Status: map[string]any{"state": "ClusterRunning"}, Reasons: []sync.Reason{sync.AsExpected}}
	for i := range request.Children.Pods {
		pod := &request.Children.Pods[i]
		d.Children = append(d.Children, child("Pod", pod.Name, pod.Labels, pod.Annotations.Values))
	}
	for i := range request.Children.PersistentVolumeClaims {
		claim := &request.Children.PersistentVolumeClaims[i]
		d.Children = append(d.Children, child("PersistentVolumeClaim", claim.Name, claim.Labels, claim.Annotations.Values))
	}
	return d
}

func child(kind, name string, labels, annotations map[string]string) sync.Child {
	meta := map[string]any{"name": name, "labels": labels, "annotations": annotations}
	return sync.Child{APIVersion: "v1", Kind: kind, Name: name, Object: map[string]any{
		"apiVersion": "v1", "kind": kind, "metadata": meta,
	}}
}

// fakeAdapter is an adapter of function fields.
type fakeAdapter struct {
	name    sync.Adapter
	answer  func(context.Context, sync.Questions) sync.Facts
	perform func(context.Context, []sync.Command) sync.Outcomes
}

func (a fakeAdapter) Name() sync.Adapter { return a.name }

func (a fakeAdapter) Answer(ctx context.Context, q sync.Questions) sync.Facts {
	return a.answer(ctx, q)
}

func (a fakeAdapter) Perform(ctx context.Context, c []sync.Command) sync.Outcomes {
	return a.perform(ctx, c)
}

// fakeCommand is what it says, for the adapter that it names.
type fakeCommand struct {
	to   sync.Adapter
	does string
}

func (c fakeCommand) To() sync.Adapter { return c.to }

func (c fakeCommand) String() string { return c.does }

// lines is a log that can be read while it is written.
type lines struct {
	mu   gosync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *lines) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Reset()
}

// last is the last line of the log with that message, as JSON.
func (l *lines) last(t *testing.T, message string) map[string]any {
	t.Helper()
	all := strings.Split(strings.TrimSpace(l.String()), "\n")
	for _, line := range slices.Backward(all) {
		var fields map[string]any
		if err := json.Unmarshal([]byte(line), &fields); err != nil {
			t.Fatalf("log line %s: %v", line, err)
		}
		if fields["message"] == message {
			return fields
		}
	}
	t.Fatalf("no log line says %q:\n%s", message, l)
	return nil
}

// fixture is a server with its log and its clock.
type fixture struct {
	*Server
	log      *lines
	registry *prometheus.Registry
}

// newFixture is a server of one kind, kafkacluster, unless the options say otherwise.
func newFixture(t testing.TB, hook sync.Hook, change func(*Options)) fixture {
	t.Helper()
	f := fixture{log: &lines{}, registry: prometheus.NewRegistry()}
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	options := Options{
		Hooks: map[string]sync.Hook{"kafkacluster": hook}, Logger: zerolog.New(f.log), Registry: f.registry,
		Now: func() time.Time { return now },
	}
	if change != nil {
		change(&options)
	}
	var err error
	if f.Server, err = New(options); err != nil {
		t.Fatal(err)
	}
	return f
}

// post calls a hook.
func (f fixture) post(path, body string) *httptest.ResponseRecorder {
	return f.do(httptest.NewRequest(http.MethodPost, path, strings.NewReader(body)))
}

func (f fixture) do(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	f.ServeHTTP(w, r)
	return w
}

// series are the values of a metric by their labels, joined by commas in the order of the labels' names.
func (f fixture) series(t *testing.T, name string) map[string]float64 {
	t.Helper()
	families, err := f.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]float64{}
	for _, family := range families {
		if family.GetName() != name {
			continue
		}
		for _, metric := range family.GetMetric() {
			var labels []string
			for _, label := range metric.GetLabel() {
				labels = append(labels, label.GetValue())
			}
			values[strings.Join(labels, ",")] = metric.GetCounter().GetValue() + metric.GetGauge().GetValue() +
				float64(metric.GetHistogram().GetSampleCount())
		}
	}
	return values
}

// requestWith is the body of a sync call with Pods and claims of those names.
func requestWith(names ...string) string {
	objects := func(kind string) string {
		byName := map[string]string{}
		for _, name := range names {
			byName["data/"+name] = `{"apiVersion":"v1","kind":"` + kind + `","metadata":{"name":"` + name +
				`","namespace":"data","labels":{"app":"kafka","brokerId":"0","kafka_cr":"demo"}}}`
		}
		var parts []string
		for key, object := range maps.All(byName) { // in the order of chance, as Metacontroller might
			parts = append(parts, `"`+key+`":`+object)
		}
		return `{` + strings.Join(parts, ",") + `}`
	}
	return `{"controller":{},"parent":` + parentObject + `,"children":{"Pod.v1":` + objects("Pod") +
		`,"PersistentVolumeClaim.v1":` + objects("PersistentVolumeClaim") + `},"related":{},"finalizing":false}`
}

const parentObject = `{"apiVersion":"kafka.banzaicloud.io/v1beta1","kind":"KafkaCluster","metadata":{"name":"demo",` +
	`"namespace":"data","uid":"7d3cbbd6-1f8a-4d27-9a1b-0a1b2c3d4e5f","generation":3},"spec":{}}`
