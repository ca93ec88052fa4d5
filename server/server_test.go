package server

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"github.com/kompositor/kompositor/sync"
)

// badCall is a call that is not one, and how it is refused.
type badCall struct {
	method, path, body string
	status             int
	outcome            outcome
	says               string
}

// limit is the largest body in these tests.
const limit = 2000

func badCalls() map[string]badCall {
	good := requestWith()
	finalizing := strings.Replace(good, `"finalizing":false`, `"finalizing":true`, 1)
	topic := strings.Replace(good, "KafkaCluster", "KafkaTopic", 1)
	calls := map[string]badCall{
		"unknown kind":    {"POST", "/sync/zookeeper", good, 404, unknownKind, "kafkacluster"},
		"upper-case kind": {"POST", "/sync/KafkaCluster", good, 404, unknownKind, "kafkacluster"},
		"wrong method":    {"GET", "/sync/kafkacluster", "", 405, wrongMethod, "POST"},
		"put":             {"PUT", "/finalize/kafkacluster", good, 405, wrongMethod, "POST"},
		"no known method": {"PURGE", "/customize/kafkacluster", good, 405, wrongMethod, "POST, not PURGE"},
	}
	post := func(hook, name, body string, refused badCall) {
		refused.method, refused.path, refused.body = "POST", "/"+hook+"/kafkacluster", body
		calls[hook+", "+name] = refused
	}
	broken := func(says string) badCall { return badCall{status: 400, outcome: undecodable, says: says} }
	foreign := func(says string) badCall { return badCall{status: 400, outcome: notOurs, says: says} }
	post("sync", "empty body", "", broken("it is empty"))
	post("sync", "no JSON", "kafka", broken("invalid character 'k'"))
	post("sync", "cut off", good[:90], broken("ends before"))
	post("sync", "data after it", good+"{}", broken("after top-level value"))
	post("sync", "array", "[]", broken("array does not fit, at the top level"))
	post("sync", "key twice", `{"parent":{},"parent":{}}`, broken("duplicate object member name, at /parent"))
	post("sync", "key twice where it is skipped", `{"controller":{"a":1,"a":1}}`, broken("name, at /controller/a"))
	post("sync", "not UTF-8", "{\"parent\":\"\xff\"}", broken("invalid UTF-8"))
	post("sync", "wrong type", `{"children":{"Pod.v1":{"data/a":{"metadata":{"name":7}}}}}`,
		broken("number does not fit, at /children/Pod.v1/data~1a/metadata/name"))
	post("sync", "children are a list", `{"children":{"Pod.v1":[]}}`, broken("at /children/Pod.v1"))
	post("sync", "null", "null", foreign("/parent is missing"))
	post("sync", "no parent", `{"children":{}}`, foreign("/parent is missing"))
	post("sync", "null parent", `{"parent":null}`, foreign("/parent is missing"))
	post("sync", "another kind", topic, foreign("KafkaTopic"))
	post("sync", "finalizing", finalizing, foreign("/finalizing"))
	post("finalize", "not finalizing", good, foreign("/finalizing"))
	post("sync", "no name", `{"parent":{"kind":"KafkaCluster"}}`, foreign("name is missing"))
	post("sync", "over the limit", good+strings.Repeat(" ", limit), badCall{status: 413, outcome: overLimit, says: "2000"})
	post("customize", "no parent", "{}", foreign("/parent is missing"))
	post("customize", "another kind", `{"parent":{"kind":"Pod"}}`, foreign("Pod"))
	post("customize", "no JSON", "{", broken("ends before"))
	return calls
}

func TestBadCallsAreRefusedAndChangeNothing(t *testing.T) {
	for name, c := range badCalls() {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, fakeHook{}, func(o *Options) { o.MaxRequestBytes = limit })
			for _, chunked := range []bool{false, true} {
				var body io.Reader = strings.NewReader(c.body)
				if chunked {
					body = io.MultiReader(body) // hides the length
				}
				w := f.do(httptest.NewRequest(c.method, c.path, body))
				if w.Code != c.status || !strings.Contains(w.Body.String(), c.says) {
					t.Errorf("got %d %s; want %d and %q", w.Code, w.Body, c.status, c.says)
				}
				if line := f.log.last(t, "hook called"); line["status"] != float64(c.status) || line["level"] != "warn" {
					t.Errorf("log line %v", line)
				}
			}
			kind := "kafkacluster"
			if c.outcome == unknownKind {
				kind = "unknown"
			}
			hook := strings.Split(c.path, "/")[1]
			want := map[string]float64{hook + "," + kind + "," + string(c.outcome): 2}
			if diff := cmp.Diff(want, f.series(t, "kompositor_calls_total")); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOtherPaths(t *testing.T) {
	f := newFixture(t, fakeHook{}, nil)
	for path, want := range map[string]int{
		"/healthz": 200, "/readyz": 200, "/metrics": 200, "/": 404, "/sync": 404, "/sync/kafkacluster/x": 404,
	} {
		if w := f.do(httptest.NewRequest(http.MethodGet, path, nil)); w.Code != want {
			t.Errorf("GET %s: got %d, want %d", path, w.Code, want)
		}
	}
	for path, want := range map[string]int{
		"/healthz": 200, "/readyz": 200, "/metrics": 200, "/": 404, "/sync/kafkacluster": 405,
	} {
		if w := f.do(httptest.NewRequest(http.MethodHead, path, nil)); w.Code != want {
			t.Errorf("HEAD %s: got %d, want %d", path, w.Code, want)
		}
	}
	if w := f.do(httptest.NewRequest("PURGE", "/nothing", nil)); w.Code != http.StatusNotFound {
		t.Errorf("PURGE /nothing: got %d", w.Code)
	}
	if w := f.post("/healthz", ""); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("POST /healthz: got %d, Allow %q", w.Code, w.Header().Get("Allow"))
	}
	w := f.do(httptest.NewRequest(http.MethodGet, "/sync/kafkacluster", nil))
	if w.Header().Get("Allow") != http.MethodPost {
		t.Errorf("GET /sync: Allow %q", w.Header().Get("Allow"))
	}
	r := httptest.NewRequest(http.MethodPost, "/sync/kafkacluster", strings.NewReader(requestWith()))
	r.Header.Set("Content-Encoding", "gzip")
	if w := f.do(r); w.Code != http.StatusUnsupportedMediaType {
		t.Errorf("gzip: got %d", w.Code)
	}
}

func TestServerNeedsAHook(t *testing.T) {
	if _, err := New(Options{}); err == nil {
		t.Error("a server without hooks was made")
	}
}

func TestGoodCallHasOneLogLineAndIsCounted(t *testing.T) {
	f := newFixture(t, fakeHook{}, nil)
	w := f.post("/sync/kafkacluster", requestWith("demo-0", "demo-1"))
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/json" {
		t.Fatalf("got %d %s", w.Code, w.Body)
	}
	want := map[string]any{
		"level": "info", "message": "hook called", "call": 1.0, "hook": "sync", "kind": "kafkacluster", "namespace": "data",
		"name": "demo", "cluster": "data/demo", "generation": 3.0, "children": 4.0, "commands": 0.0, "resync": 0.0,
		"took": 0.0, "status": 200.0, "reasons": []any{"AsExpected"},
	}
	if diff := cmp.Diff(want, f.log.last(t, "hook called")); diff != "" {
		t.Errorf("log line (-want +got):\n%s", diff)
	}
	for name, want := range map[string]map[string]float64{
		"kompositor_calls_total":           {"sync,kafkacluster,answered": 1},
		"kompositor_call_duration_seconds": {"sync,kafkacluster,answered": 1},
		"kompositor_request_bytes":         {"sync,kafkacluster": 1},
		"kompositor_response_bytes":        {"sync,kafkacluster": 1},
		"kompositor_children_total":        {"PersistentVolumeClaim,kafkacluster": 2, "Pod,kafkacluster": 2},
		"kompositor_decisions_total":       {"kafkacluster,AsExpected": 1},
		"kompositor_calls_in_flight":       {"": 0},
		"kompositor_panics_total":          {"": 0},
	} {
		if diff := cmp.Diff(want, f.series(t, name)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestSameCallSameBytesWhateverTheOrderOfMaps(t *testing.T) {
	f := newFixture(t, fakeHook{}, nil)
	names := []string{"demo-0", "demo-1", "demo-2", "demo-3", "demo-4", "demo-5", "demo-6", "demo-7"}
	first := f.post("/sync/kafkacluster", requestWith(names...)).Body.String()
	for range 20 {
		if again := f.post("/sync/kafkacluster", requestWith(names...)).Body.String(); again != first {
			t.Fatalf("answers differ (-first +again):\n%s", cmp.Diff(first, again))
		}
	}
}

func TestBothHookVersionsGetTheSameAnswer(t *testing.T) {
	f := newFixture(t, fakeHook{}, nil)
	v2 := requestWith("demo-0")
	v1 := strings.ReplaceAll(v2, `"data/demo-0"`, `"demo-0"`)
	answers := []string{f.post("/sync/kafkacluster", v2).Body.String(), f.post("/sync/kafkacluster", v1).Body.String()}
	if diff := cmp.Diff(answers[0], answers[1]); diff != "" {
		t.Errorf("answers differ (-v2 +v1):\n%s", diff)
	}
}

func TestBugsAnswer500AndNoChildren(t *testing.T) {
	cases := map[string]struct {
		hook    fakeHook
		outcome outcome
		says    string
	}{
		"observe panics": {fakeHook{observe: func(sync.Request) error { panic("boom") }}, panicked, "call 1 met a bug"},
		"plan panics": {
			fakeHook{plan: func(sync.Request, sync.Facts) sync.Decision { panic(errors.New("boom")) }},
			panicked, "call 1 met a bug",
		},
		"a claim is dropped": {
			fakeHook{plan: func(sync.Request, sync.Facts) sync.Decision { return sync.Decision{} }},
			guarded, "drops Pod demo-0",
		},
		"a child can not be encoded": {fakeHook{plan: func(r sync.Request, _ sync.Facts) sync.Decision {
			d := listAll(r)
			d.Children = append(d.Children, sync.Child{APIVersion: "v1", Kind: "Secret", Name: "s", Object: make(chan int)})
			return d
		}}, unencodable, "does not fit"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, c.hook, nil)
			w := f.post("/sync/kafkacluster", requestWith("demo-0"))
			if w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), c.says) {
				t.Errorf("got %d %s; want 500 and %q", w.Code, w.Body, c.says)
			}
			if strings.Contains(w.Body.String(), "children\":") {
				t.Errorf("a refused answer was sent in part: %s", w.Body)
			}
			if got := f.series(t, "kompositor_calls_total")["sync,kafkacluster,"+string(c.outcome)]; got != 1 {
				t.Errorf("outcome %s was counted %v times", c.outcome, got)
			}
			if c.outcome != panicked {
				return
			}
			if got := f.series(t, "kompositor_panics_total")[""]; got != 1 {
				t.Errorf("%v panics were counted", got)
			}
			line := f.log.last(t, "hook panicked")
			if stack, _ := line["stack"].(string); line["panic"] != "boom" || !strings.Contains(stack, "server_test.go") {
				t.Errorf("log line %v", line)
			}
		})
	}
}

func TestCustomize(t *testing.T) {
	f := newFixture(t, fakeHook{customize: func(sync.CustomizeRequest) (sync.CustomizeResponse, error) {
		return sync.CustomizeResponse{RelatedResources: []sync.RelatedResource{
			{APIVersion: "v1", Resource: "secrets", Namespace: "data", Names: []string{"tls"}},
		}}, nil
	}}, nil)
	w := f.post("/customize/kafkacluster", `{"controller":{},"parent":`+parentObject+`}`)
	want := `{"relatedResources":[{"apiVersion":"v1","resource":"secrets","namespace":"data","names":["tls"]}]}`
	if diff := cmp.Diff(want, w.Body.String()); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
	if line := f.log.last(t, "hook called"); line["name"] != "demo" {
		t.Errorf("log line %v", line)
	}
}

func TestErrorsNeverQuoteValues(t *testing.T) {
	const planted = "hunter2-hunter2"
	f := newFixture(t, fakeHook{}, nil)
	for _, body := range []string{
		`{"related":{"Secret.v1":{"data/s":{"metadata":{"name":"s"},"data":{"password":"` + planted + `"}}}}}`,
		`{"related":{"Secret.v1":{"data/s":"` + planted + `"}}}`,
		`{"children":{"Secret.v1":"` + planted + `"}}`,
		`{"children":"` + planted + `"}`,
		`{"finalizing":"` + planted + `"}`,
		`{"children":{"Pod.v1":{"data/a":{"metadata":{"generation":"` + planted + `"}}}}}`,
	} {
		w := f.post("/sync/kafkacluster", body)
		if w.Code != http.StatusBadRequest || strings.Contains(w.Body.String(), planted) {
			t.Errorf("%s: got %d %s", body, w.Code, w.Body)
		}
	}
	if strings.Contains(f.log.String(), planted) {
		t.Errorf("the log holds it: %s", f.log)
	}
}

func TestABodyThatDoesNotArriveInTimeIsRefused(t *testing.T) {
	for name, cause := range map[string]error{
		"HTTP/1.1": &net.OpError{Op: "read", Net: "tcp", Err: os.ErrDeadlineExceeded},
		"HTTP/2":   fmt.Errorf("%w", os.ErrDeadlineExceeded),
	} {
		f := newFixture(t, fakeHook{}, nil)
		body := io.MultiReader(strings.NewReader(requestWith()[:90]), iotest.ErrReader(cause))
		w := f.do(httptest.NewRequest(http.MethodPost, "/sync/kafkacluster", body))
		if w.Code != http.StatusRequestTimeout || !strings.Contains(w.Body.String(), "did not arrive within 1m0s") {
			t.Errorf("%s: got %d %s", name, w.Code, w.Body)
		}
		if got := f.series(t, "kompositor_calls_total")["sync,kafkacluster,too_slow"]; got != 1 {
			t.Errorf("%s: counted %v times", name, got)
		}
	}
}

// gone is a writer whose caller has hung up.
type gone struct{ http.ResponseWriter }

func (gone) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestACallerThatHungUpIsLogged(t *testing.T) {
	f := newFixture(t, fakeHook{}, nil)
	r := httptest.NewRequest(http.MethodPost, "/sync/kafkacluster", strings.NewReader(requestWith()))
	f.ServeHTTP(gone{httptest.NewRecorder()}, r)
	if line := f.log.last(t, "hook called"); line["error"] != io.ErrClosedPipe.Error() {
		t.Errorf("log line %v", line)
	}
}

func TestLogIsSilentBelowItsLevel(t *testing.T) {
	var log bytes.Buffer
	f := newFixture(t, fakeHook{}, func(o *Options) { o.Logger = zerolog.New(&log).Level(zerolog.WarnLevel) })
	f.post("/sync/kafkacluster", requestWith())
	if log.Len() > 0 {
		t.Errorf("logged %s", log.String())
	}
}
