package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	gosync "sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/kompositor/kompositor/cruisecontrol"
	model "github.com/kompositor/kompositor/simulator/cruisecontrol"
	"github.com/kompositor/kompositor/sync"
)

// fourMoves is a cluster in which every task moves four replicas.
type fourMoves struct{ left int }

func (w *fourMoves) Brokers() []model.Broker {
	return []model.Broker{{ID: 0, Alive: true, Replicas: 4}}
}

func (w *fourMoves) Propose(model.Request) (int, error) {
	w.left = 4
	return w.left, nil
}

func (w *fourMoves) Advance(model.Request) (bool, error) {
	w.left--
	return w.left <= 0, nil
}

func (w *fourMoves) Stop(model.Request) {}

func (w *fourMoves) Abandon(model.Request) {}

// playCruiseControl serves a Cruise Control that has four moves to make, and returns the adapter that asks it.
func playCruiseControl(t *testing.T) (handler *model.Handler, url string, adapter *cruisecontrol.Adapter) {
	t.Helper()
	handler = &model.Handler{Model: model.New(&fourMoves{}), Username: "admin", Password: "open"}
	var one gosync.Mutex
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		one.Lock()
		defer one.Unlock()
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	adapter = cruisecontrol.New(cruisecontrol.Options{})
	t.Cleanup(func() { _ = adapter.Close() })
	return handler, server.URL, adapter
}

// An operation goes its whole way over Cruise Control's REST API, with the hook and the adapter as they are wired: what
// the pure room takes for the reason of its task is what comes back from the wire. Every status is lost once, and every
// call made twice; there is one POST.
func TestOperationOverHTTP(t *testing.T) {
	handler, url, adapter := playCruiseControl(t)
	now := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	status, ready := jsontext.Value("{}"), ""
	call := func(before jsontext.Value) (jsontext.Value, time.Duration) {
		return called(t, adapter, hookCall{url, `{"operation": "rebalance"}`, now, before})
	}
	handler.Model.MostActive = 10 // each call is made twice
	resync := time.Second
	for range 60 {
		for range resync / time.Second {
			now = now.Add(time.Second)
			handler.Model.Step()
		}
		call(status) // its answer is lost
		status, resync = call(status)
		if ready = readyOf(t, status); ready == "True" {
			break
		}
	}
	isRead := func(request string) bool { return strings.HasPrefix(request, "GET ") }
	posts := slices.DeleteFunc(slices.Clone(handler.Requests), isRead)
	if len(posts) != 1 || !strings.Contains(posts[0], "reason=uid-1%2F1") {
		t.Errorf("Cruise Control was sent %q, not one request", posts)
	}
	for _, want := range []string{`"Number of replica movements":"4"`, `"state":"Completed"`, `"retryCount":0`} {
		if ready != "True" || !strings.Contains(string(status), want) {
			t.Errorf("Ready is %q, and the status has no %s: %s", ready, want, status)
		}
	}
}

// An operation that asks the most of Cruise Control comes to its end with as few places for active tasks as Cruise
// Control has where nobody gives it more.
func TestOperationFitsTheDefaultCapacity(t *testing.T) {
	handler, url, adapter := playCruiseControl(t)
	now := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	handler.Model.MostActive = 5
	status, resync := jsontext.Value("{}"), time.Second
	for range 20 {
		for range resync / time.Second {
			now = now.Add(time.Second)
			handler.Model.Step()
		}
		const spec = `{"operation": "add_broker", "parameters": {"brokerid": "0"}}`
		if status, resync = called(t, adapter, hookCall{url, spec, now, status}); readyOf(t, status) == "True" {
			return
		}
	}
	t.Errorf("the operation has not ended: %s", status)
}

// hookCall is one call of the sync hook: where Cruise Control is, the spec, when it is, and the status before.
type hookCall struct {
	url    string
	spec   string
	now    time.Time
	before jsontext.Value
}

// called is the status after one call, and when the next one is due.
func called(t *testing.T, adapter *cruisecontrol.Adapter, call hookCall) (jsontext.Value, time.Duration) {
	t.Helper()
	body := fmt.Sprintf(`{
		"parent": {
			"apiVersion": "kafka.banzaicloud.io/v1alpha1", "kind": "CruiseControlOperation",
			"metadata": {"name": "balance", "namespace": "kafka", "uid": "uid-1", "labels": {"kafka_cr": "demo"}},
			"spec": %s, "status": %s
		},
		"related": {
			"KafkaCluster.kafka.banzaicloud.io/v1beta1": {"kafka/demo": {
				"metadata": {"name": "demo", "namespace": "kafka"},
				"spec": {"cruiseControlConfig": {"cruiseControlEndpoint": %q}}
			}},
			"Secret.v1": {"kafka/demo-admin-client": {
				"metadata": {"name": "demo-admin-client", "namespace": "kafka"},
				"data": {"cruisecontrol.username": "YWRtaW4=", "cruisecontrol.password": "b3Blbg=="}
			}}
		}
	}`, call.spec, call.before, call.url)
	var request sync.Request
	if err := json.Unmarshal([]byte(body), &request); err != nil {
		t.Fatal(err)
	}
	observed, err := hooks()["cruisecontroloperation"].Observe(request)
	if err != nil {
		t.Fatal(err)
	}
	facts := adapter.Answer(t.Context(), observed.Ask())
	facts.Now = call.now
	decision := observed.Plan(facts)
	decision = *decision.Respond(adapter.Perform(t.Context(), decision.Commands)).Decision()
	text, err := json.Marshal(decision.Status, sync.Encoding())
	if err != nil {
		t.Fatal(err)
	}
	return text, decision.ResyncAfter
}

// readyOf is the condition Ready of a status.
func readyOf(t *testing.T, status jsontext.Value) string {
	t.Helper()
	var told struct {
		Conditions []struct{ Type, Status string }
	}
	if err := json.Unmarshal(status, &told, json.MatchCaseInsensitiveNames(true)); err != nil {
		t.Fatal(err)
	}
	for _, condition := range told.Conditions {
		if condition.Type == "Ready" {
			return condition.Status
		}
	}
	return ""
}
