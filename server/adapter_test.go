package server

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kompositor/kompositor/sync"
)

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
			func(context.Context, sync.Questions) sync.Facts { // as far as the call can tell
				time.Sleep(time.Minute)
				return known
			},
			sideLate,
			[]string{`"cluster":"kafka did not answer within 3s"`, `"quorum":"kafka did not answer within 3s"`},
		},
		"blocked until its time is up": {
			func(ctx context.Context, q sync.Questions) sync.Facts {
				<-ctx.Done()
				return q.Unanswered(sync.AdapterKafka, "demo-0:9092 refused")
			},
			sideLate,
			[]string{`"cluster":"demo-0:9092 refused"`},
		},
		"panicking": {
			func(context.Context, sync.Questions) sync.Facts { panic("hunter2") },
			sidePanicked,
			[]string{`"cluster":"the kafka adapter failed; its log says where"`},
		},
		"answering more than its own part": {
			func(context.Context, sync.Questions) sync.Facts { return known },
			sideOK,
			[]string{`"id":"abc"`, `"cruiseControl":"this server has no cruisecontrol adapter"`},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFixture(t, fakeHook{ask: asked, plan: whys}, func(o *Options) {
					o.Adapters = []Adapter{fakeAdapter{name: sync.AdapterKafka, answer: c.answer}}
				})
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
				time.Sleep(time.Minute) // of the bubble: lets an adapter that was left behind come to its end
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

// performing is a server whose hook always has two commands for Kafka and, between them, one for Cruise Control.
func performing(t *testing.T, kafka func(context.Context, []sync.Command) sync.Outcomes) fixture {
	plan := func(r sync.Request, _ sync.Facts) sync.Decision {
		d := listAll(r)
		d.ResyncAfter = time.Minute
		d.Commands = []sync.Command{
			fakeCommand{sync.AdapterKafka, "a"},
			fakeCommand{sync.AdapterCruiseControl, "rebalance"},
			fakeCommand{sync.AdapterKafka, "b"},
		}
		return d
	}
	checked := func(ctx context.Context, commands []sync.Command) sync.Outcomes {
		want := []sync.Command{fakeCommand{sync.AdapterKafka, "a"}, fakeCommand{sync.AdapterKafka, "b"}}
		if diff := cmp.Diff(want, commands, cmp.AllowUnexported(fakeCommand{})); diff != "" {
			t.Errorf("kafka performs (-want +got):\n%s", diff)
		}
		return kafka(ctx, commands)
	}
	done := func(context.Context, []sync.Command) sync.Outcomes { return sync.Outcomes{{}} }
	return newFixture(t, fakeHook{plan: plan}, func(o *Options) {
		o.Adapters = []Adapter{
			fakeAdapter{name: sync.AdapterKafka, perform: checked},
			fakeAdapter{name: sync.AdapterCruiseControl, perform: done},
		}
	})
}

func TestCommandsArePerformedAndTheirOutcomesCount(t *testing.T) {
	refused := errors.New("refused")
	cases := map[string]struct {
		perform func(context.Context, []sync.Command) sync.Outcomes
		failed  string
		resync  float64
	}{
		"all done": {func(_ context.Context, commands []sync.Command) sync.Outcomes {
			return make(sync.Outcomes, len(commands))
		}, "", 60000},
		"one refused": {func(context.Context, []sync.Command) sync.Outcomes {
			return sync.Outcomes{{}, {Err: refused}}
		}, "b: refused", 5000},
		"one not mentioned": {func(context.Context, []sync.Command) sync.Outcomes {
			return sync.Outcomes{{}}
		}, "b: the adapter", 5000},
		"panicking": {func(context.Context, []sync.Command) sync.Outcomes {
			panic("boom")
		}, "a: the kafka adapter failed", 5000},
		"late": {func(ctx context.Context, _ []sync.Command) sync.Outcomes {
			<-ctx.Done()
			return sync.Outcomes{{Err: ctx.Err()}, {Err: ctx.Err()}}
		}, "a: context deadline exceeded", 5000},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := performing(t, c.perform)
				if w := f.post("/sync/kafkacluster", requestWith("demo-0")); w.Code != http.StatusOK {
					t.Fatalf("got %d %s", w.Code, w.Body)
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
	plan := func(sync.Request, sync.Facts) sync.Decision {
		return sync.Decision{Commands: []sync.Command{fakeCommand{"kafka", "a"}}}
	}
	perform := func(context.Context, []sync.Command) sync.Outcomes {
		t.Error("a command of a refused decision was performed")
		return nil
	}
	f := newFixture(t, fakeHook{plan: plan}, func(o *Options) {
		o.Adapters = []Adapter{fakeAdapter{name: sync.AdapterKafka, perform: perform}}
	})
	if w := f.post("/sync/kafkacluster", requestWith("demo-0")); w.Code != http.StatusInternalServerError {
		t.Errorf("got %d", w.Code)
	}
}
