package server

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"github.com/kompositor/kompositor/sync"
)

func TestBadCallsAreRefusedAndChangeNothing(t *testing.T) {
	const limit = 2000
	good := requestWith()
	cases := map[string]struct {
		method, path, body string
		status             int
		outcome            outcome
		says               string
	}{
		"unknown kind":         {"POST", "/sync/zookeeper", good, 404, unknownKind, "kafkacluster"},
		"upper-case kind":      {"POST", "/sync/KafkaCluster", good, 404, unknownKind, "kafkacluster"},
		"wrong method":         {"GET", "/sync/kafkacluster", "", 405, wrongMethod, "POST"},
		"put":                  {"PUT", "/finalize/kafkacluster", good, 405, wrongMethod, "POST"},
		"empty body":           {"POST", "/sync/kafkacluster", "", 400, undecodable, "it is empty"},
		"no JSON":              {"POST", "/sync/kafkacluster", "kafka", 400, undecodable, "invalid character 'k'"},
		"cut off":              {"POST", "/sync/kafkacluster", good[:90], 400, undecodable, "ends before"},
		"data after it":        {"POST", "/sync/kafkacluster", good + "{}", 400, undecodable, "after top-level value"},
		"array":                {"POST", "/sync/kafkacluster", "[]", 400, undecodable, "array does not fit, at the top level"},
		"null":                 {"POST", "/sync/kafkacluster", "null", 400, notOurs, "/parent is missing"},
		"no parent":            {"POST", "/sync/kafkacluster", `{"children":{}}`, 400, notOurs, "/parent is missing"},
		"null parent":          {"POST", "/sync/kafkacluster", `{"parent":null}`, 400, notOurs, "/parent is missing"},
		"key twice":            {"POST", "/sync/kafkacluster", `{"parent":{},"parent":{}}`, 400, undecodable, "duplicate object member name, at /parent"},
		"key twice, skipped":   {"POST", "/sync/kafkacluster", `{"controller":{"a":1,"a":1}}`, 400, undecodable, "name, at /controller/a"},
		"not UTF-8":            {"POST", "/sync/kafkacluster", "{\"parent\":\"\xff\"}", 400, undecodable, "invalid UTF-8"},
		"wrong type":           {"POST", "/sync/kafkacluster", `{"children":{"Pod.v1":{"data/a":{"metadata":{"name":7}}}}}`, 400, undecodable, "number does not fit, at /children/Pod.v1/data~1a/metadata/name"},
		"children are a list":  {"POST", "/sync/kafkacluster", `{"children":{"Pod.v1":[]}}`, 400, undecodable, "at /children/Pod.v1"},
		"another kind":         {"POST", "/sync/kafkacluster", strings.Replace(good, "KafkaCluster", "KafkaTopic", 1), 400, notOurs, "KafkaTopic"},
		"finalizing on sync":   {"POST", "/sync/kafkacluster", strings.Replace(good, `"finalizing":false`, `"finalizing":true`, 1), 400, notOurs, "/finalizing"},
		"not so on finalize":   {"POST", "/finalize/kafkacluster", good, 400, notOurs, "/finalizing"},
		"no name":              {"POST", "/sync/kafkacluster", `{"parent":{"kind":"KafkaCluster"}}`, 400, notOurs, "name is missing"},
		"over the limit":       {"POST", "/sync/kafkacluster", good + strings.Repeat(" ", limit), 413, tooLargeOutcome, "2000"},
		"customize, no parent": {"POST", "/customize/kafkacluster", "{}", 400, notOurs, "/parent is missing"},
		"customize, kind":      {"POST", "/customize/kafkacluster", `{"parent":{"kind":"Pod"}}`, 400, notOurs, "Pod"},
		"customize, no JSON":   {"POST", "/customize/kafkacluster", "{", 400, undecodable, "ends before"},
	}
	for name, c := range cases {
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
	if w := f.post("/healthz", ""); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != http.MethodGet {
		t.Errorf("POST /healthz: got %d, Allow %q", w.Code, w.Header().Get("Allow"))
	}
	if w := f.do(httptest.NewRequest(http.MethodGet, "/sync/kafkacluster", nil)); w.Header().Get("Allow") != http.MethodPost {
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
		"cluster": "demo", "generation": 3.0, "children": 4.0, "commands": 0.0, "resync": 0.0, "took": 0.0, "status": 200.0,
		"reasons": []any{"AsExpected"},
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
	if diff := cmp.Diff(f.post("/sync/kafkacluster", v2).Body.String(), f.post("/sync/kafkacluster", v1).Body.String()); diff != "" {
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
			fakeHook{plan: func(sync.Request, sync.Facts) sync.Decision { panic(errors.New("boom")) }}, panicked, "call 1 met a bug",
		},
		"a claim is dropped": {
			fakeHook{plan: func(sync.Request, sync.Facts) sync.Decision { return sync.Decision{} }}, guarded, "drops Pod demo-0",
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

// asked asks Kafka everything and Cruise Control for its state.
func asked() sync.Questions {
	return sync.Questions{
		Kafka:         &sync.KafkaQuestions{Cluster: true, Quorum: true, Partitions: true},
		CruiseControl: &sync.CruiseControlQuestions{State: true},
	}
}

// whys plans to keep everything and to say in the status what is unknown.
func whys(r sync.Request, facts sync.Facts) sync.Decision {
	d := listAll(r)
	cluster, _ := facts.Kafka.Cluster.Get()
	d.Status = map[string]string{
		"id": cluster.ID, "cluster": facts.Kafka.Cluster.Why(), "quorum": facts.Kafka.Quorum.Why(),
		"cruiseControl": facts.CruiseControl.State.Why(),
	}
	return d
}

func TestAdapterThatFailsLeavesItsFactsUnknown(t *testing.T) {
	known := sync.Facts{
		Kafka:         sync.KafkaFacts{Cluster: sync.Known(sync.KafkaCluster{ID: "abc"})},
		CruiseControl: sync.CruiseControlFacts{State: sync.UnknownFact[sync.CruiseControlState]("not kafka's to say")},
	}
	cases := map[string]struct {
		answer  func(context.Context, sync.Questions) sync.Facts
		outcome sideOutcome
		status  []string
	}{
		"blocked for ever": {
			func(context.Context, sync.Questions) sync.Facts { select {} },
			sideLate, []string{`"cluster":"kafka did not answer within 3s"`, `"quorum":"kafka did not answer within 3s"`},
		},
		"blocked until its time is up": {
			func(ctx context.Context, q sync.Questions) sync.Facts {
				<-ctx.Done()
				return q.Unanswered(sync.AdapterKafka, "demo-0:9092 refused")
			},
			sideLate, []string{`"cluster":"demo-0:9092 refused"`},
		},
		"panicking": {
			func(context.Context, sync.Questions) sync.Facts { panic("hunter2") },
			sidePanicked, []string{`"cluster":"the kafka adapter failed; its log says where"`},
		},
		"answering more than its own part": {
			func(context.Context, sync.Questions) sync.Facts { return known },
			sideOK, []string{`"id":"abc"`, `"cruiseControl":"this server has no cruisecontrol adapter"`},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFixture(t, fakeHook{ask: asked, plan: whys}, func(o *Options) {
					o.Adapters = []Adapter{fakeAdapter{name: sync.AdapterKafka, answer: c.answer}}
				})
				if name == "blocked for ever" { // the bubble can not end with a goroutine that never does
					released := make(chan struct{})
					defer close(released)
					f.adapters = []Adapter{fakeAdapter{name: sync.AdapterKafka, answer: func(context.Context, sync.Questions) sync.Facts {
						<-released
						return known
					}}}
				}
				started := time.Now()
				w := f.post("/sync/kafkacluster", requestWith("demo-0"))
				if took := time.Since(started); w.Code != http.StatusOK || took > 3*time.Second+grace {
					t.Fatalf("got %d %s after %s", w.Code, w.Body, took)
				}
				for _, want := range c.status {
					if !strings.Contains(w.Body.String(), want) {
						t.Errorf("the answer lacks %s: %s", want, w.Body)
					}
				}
				if got := f.series(t, "kompositor_side_calls_total")["kafka,answer,"+string(c.outcome)]; got != 1 {
					t.Errorf("side calls: %v", f.series(t, "kompositor_side_calls_total"))
				}
			})
		})
	}
}

func TestAdaptersAreAskedInParallelAndOnlyWhenThereIsAQuestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := func(name sync.Adapter) Adapter {
			return fakeAdapter{name: name, answer: func(_ context.Context, q sync.Questions) sync.Facts {
				time.Sleep(2 * time.Second)
				return q.Unanswered(name, "asked")
			}}
		}
		ask := asked
		f := newFixture(t, fakeHook{ask: func() sync.Questions { return ask() }, plan: whys}, func(o *Options) {
			o.Adapters = []Adapter{slow(sync.AdapterKafka), slow(sync.AdapterCruiseControl)}
		})
		started := time.Now()
		body := f.post("/sync/kafkacluster", requestWith()).Body.String()
		if took := time.Since(started); took != 2*time.Second {
			t.Errorf("two answers of 2 s took %s", took)
		}
		if !strings.Contains(body, `"cluster":"asked"`) || !strings.Contains(body, `"cruiseControl":"asked"`) {
			t.Errorf("answer %s", body)
		}
		ask = func() sync.Questions { return sync.Questions{} }
		started = time.Now()
		f.post("/sync/kafkacluster", requestWith())
		if took := time.Since(started); took != 0 {
			t.Errorf("asking nothing took %s", took)
		}
	})
}

func TestCommandsArePerformedAndTheirOutcomesCount(t *testing.T) {
	kafka := func(does string) sync.Command { return fakeCommand{sync.AdapterKafka, does} }
	control := func(does string) sync.Command { return fakeCommand{sync.AdapterCruiseControl, does} }
	refused := errors.New("refused")
	cases := map[string]struct {
		perform func(context.Context, []sync.Command) sync.Outcomes
		failed  string
		resync  float64
	}{
		"all done": {func(_ context.Context, commands []sync.Command) sync.Outcomes {
			outcomes := make(sync.Outcomes, len(commands))
			return outcomes
		}, "", 60000},
		"one refused": {func(context.Context, []sync.Command) sync.Outcomes {
			return sync.Outcomes{{}, {Err: refused}}
		}, "b: refused", 5000},
		"one not mentioned": {func(context.Context, []sync.Command) sync.Outcomes { return sync.Outcomes{{}} }, "b: the adapter", 5000},
		"panicking":         {func(context.Context, []sync.Command) sync.Outcomes { panic("boom") }, "a: the kafka adapter failed", 5000},
		"late": {func(ctx context.Context, _ []sync.Command) sync.Outcomes {
			<-ctx.Done()
			return sync.Outcomes{{Err: ctx.Err()}, {Err: ctx.Err()}}
		}, "a: context deadline exceeded", 5000},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var performed []string
				keep := func(answer func(context.Context, []sync.Command) sync.Outcomes) func(context.Context, []sync.Command) sync.Outcomes {
					return func(ctx context.Context, commands []sync.Command) sync.Outcomes {
						for _, command := range commands {
							performed = append(performed, command.String())
						}
						return answer(ctx, commands)
					}
				}
				f := newFixture(t, fakeHook{plan: func(r sync.Request, _ sync.Facts) sync.Decision {
					d := listAll(r)
					d.ResyncAfter = time.Minute
					d.Commands = []sync.Command{kafka("a"), control("rebalance"), kafka("b")}
					return d
				}}, func(o *Options) {
					o.Adapters = []Adapter{
						fakeAdapter{name: sync.AdapterKafka, perform: keep(c.perform)},
						fakeAdapter{name: sync.AdapterCruiseControl, perform: func(context.Context, []sync.Command) sync.Outcomes {
							return sync.Outcomes{{}}
						}},
					}
				})
				if w := f.post("/sync/kafkacluster", requestWith("demo-0")); w.Code != http.StatusOK {
					t.Fatalf("got %d %s", w.Code, w.Body)
				}
				if diff := cmp.Diff([]string{"a", "b"}, performed); diff != "" {
					t.Errorf("performed (-want +got):\n%s", diff)
				}
				line := f.log.last(t, "hook called")
				failed, _ := line["failed"].(string)
				if (failed == "") != (c.failed == "") || !strings.HasPrefix(failed, c.failed) || line["resync"] != c.resync {
					t.Errorf("log line %v", line)
				}
			})
		})
	}
}

func TestCommandWithoutAdapterFails(t *testing.T) {
	f := newFixture(t, fakeHook{plan: func(r sync.Request, _ sync.Facts) sync.Decision {
		d := listAll(r)
		d.Commands = []sync.Command{fakeCommand{"kafka", "a"}}
		return d
	}}, nil)
	f.post("/sync/kafkacluster", requestWith())
	if line := f.log.last(t, "hook called"); line["failed"] != "a: this server has no kafka adapter" {
		t.Errorf("log line %v", line)
	}
}

func TestARefusedDecisionPerformsNothing(t *testing.T) {
	f := newFixture(t, fakeHook{plan: func(sync.Request, sync.Facts) sync.Decision {
		return sync.Decision{Commands: []sync.Command{fakeCommand{"kafka", "a"}}}
	}}, func(o *Options) {
		o.Adapters = []Adapter{fakeAdapter{name: sync.AdapterKafka, perform: func(context.Context, []sync.Command) sync.Outcomes {
			t.Error("a command of a refused decision was performed")
			return nil
		}}}
	})
	if w := f.post("/sync/kafkacluster", requestWith("demo-0")); w.Code != http.StatusInternalServerError {
		t.Errorf("got %d", w.Code)
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
	if line := f.log.last(t, "hook called"); line["cluster"] != "demo" {
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
		if w := f.post("/sync/kafkacluster", body); w.Code != http.StatusBadRequest || strings.Contains(w.Body.String(), planted) {
			t.Errorf("%s: got %d %s", body, w.Code, w.Body)
		}
	}
	if strings.Contains(f.log.String(), planted) {
		t.Errorf("the log holds it: %s", f.log)
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
