package cruisecontrol_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	gosync "sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/cruisecontrol"
	model "github.com/kompositor/kompositor/simulator/cruisecontrol"
	"github.com/kompositor/kompositor/sync"
)

// world is three brokers of which one can be emptied.
type world struct {
	replicas map[int32]int
	refuses  *model.RefusalError
}

func (w *world) Brokers() []model.Broker {
	var brokers []model.Broker
	for _, id := range []int32{0, 1, 2} {
		brokers = append(brokers, model.Broker{
			ID: id, Alive: id != 2, Replicas: w.replicas[id], Online: []string{"/data-1/kafka", "/data-0/kafka"},
		})
	}
	return brokers
}

func (w *world) Propose(request model.Request) (int, error) {
	if w.refuses != nil {
		return 0, w.refuses
	}
	moves := 0
	for _, id := range model.Brokers(request.Parameters["brokerid"] + request.Parameters["destination_broker_ids"]) {
		moves += w.replicas[id]
	}
	return moves, nil
}

func (w *world) Advance(request model.Request) (bool, error) {
	for _, id := range model.Brokers(request.Parameters["brokerid"]) {
		w.replicas[id]--
		if w.replicas[id] > 0 {
			return false, nil
		}
	}
	return true, nil
}

func (w *world) Stop(model.Request) {}

func (w *world) Abandon(model.Request) {}

// played is a Cruise Control behind HTTP, and our adapter before it.
type played struct {
	t          *testing.T
	model      *model.Model
	world      *world
	handler    *model.Handler
	adapter    *cruisecontrol.Adapter
	connection sync.CruiseControlConnection
}

func play(t *testing.T) *played {
	t.Helper()
	w := &world{replicas: map[int32]int{0: 3, 1: 2, 2: 2}}
	m := model.New(w)
	m.MostActive = 1000 // capacity_test.go is about that
	handler := &model.Handler{Model: m}
	var one gosync.Mutex
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		one.Lock()
		defer one.Unlock()
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	adapter := cruisecontrol.New(cruisecontrol.Options{})
	t.Cleanup(func() { _ = adapter.Close() })
	return &played{t, m, w, handler, adapter, sync.CruiseControlConnection{
		Cluster: "data/demo", URL: server.URL + strings.TrimSuffix(model.Path, "/"),
	}}
}

func (p *played) ask(q sync.CruiseControlQuestions) sync.CruiseControlFacts {
	p.t.Helper()
	q.Connection = p.connection
	return p.adapter.Answer(p.t.Context(), sync.Questions{CruiseControl: &q}).CruiseControl
}

func (p *played) tasks(ids ...string) []sync.UserTask {
	p.t.Helper()
	var answers []sync.TaskQuestion
	for _, id := range ids {
		answers = append(answers, sync.TaskQuestion{ID: id})
	}
	tasks, known := p.ask(sync.CruiseControlQuestions{Tasks: true, Answers: answers}).Tasks.Get()
	if !known {
		p.t.Fatal("the tasks are not known")
	}
	// Questions are tasks too, but nobody's.
	return slices.DeleteFunc(tasks, func(t sync.UserTask) bool { return t.Reason == "" })
}

func (p *played) perform(command sync.Command) error {
	p.t.Helper()
	return p.adapter.Perform(p.t.Context(), []sync.Command{command})[0].Err
}

func (p *played) start(endpoint, reason string, parameters map[string]string) error {
	p.t.Helper()
	return p.perform(sync.StartTask{
		ToCruiseControl: sync.ToCruiseControl{Connection: p.connection},
		Endpoint:        endpoint, Reason: reason, Parameters: parameters,
	})
}

func emptying(id string) map[string]string {
	return map[string]string{"brokerid": id, "dryrun": "false"}
}

func TestTaskFromStartToEnd(t *testing.T) {
	p := play(t)
	p.model.SlowComputation = 5 // and so the end of the computation is noticed before the execution begins
	if err := p.start("remove_broker", "uid-1/1", emptying("1")); err != nil {
		t.Fatal(err)
	}
	var seen []sync.UserTaskStatus
	for range 12 {
		task := p.tasks()[0]
		if len(seen) == 0 || seen[len(seen)-1] != task.Status {
			seen = append(seen, task.Status)
		}
		p.model.Step()
	}
	// Completed before InExecution is what Cruise Control can show, and why observation decides.
	want := []sync.UserTaskStatus{
		sync.TaskActive, sync.TaskCompleted, sync.TaskInExecution, sync.TaskCompleted,
	}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("the task went otherwise (-want +got):\n%s", diff)
	}
	task := p.tasks()[0]
	task = p.tasks(task.ID)[0]
	if task.Endpoint != "remove_broker" || task.Reason != "uid-1/1" || task.Summary["numReplicaMovements"] != "2" {
		t.Errorf("got %+v", task)
	}
	state, _ := p.ask(sync.CruiseControlQuestions{State: true}).State.Get()
	if !state.Idle() || !slices.Equal(state.RecentlyRemoved, []int32{1}) {
		t.Errorf("got %+v", state)
	}
}

func TestOneStartIsOneTask(t *testing.T) {
	p := play(t)
	for range 3 { // the answer was lost, a second replica was asked
		if err := p.start("remove_broker", "uid-1/1", emptying("1")); err != nil {
			t.Fatal(err)
		}
	}
	if tasks := p.tasks(); len(tasks) != 1 {
		t.Errorf("got %d tasks, want 1", len(tasks))
	}
	for range 8 {
		p.model.Step()
	}
	if err := p.start("remove_broker", "uid-1/1", emptying("1")); err != nil || len(p.tasks()) != 1 {
		t.Errorf("a finished task was started again: %v", err)
	}
	p.model.Restart()
	if err := p.start("remove_broker", "uid-1/1", emptying("1")); err != nil || len(p.tasks()) != 1 {
		t.Errorf("a forgotten task was not started again: %v", err)
	}
}

func TestRefusals(t *testing.T) {
	cases := map[string]struct {
		prepare  func(*played)
		endpoint string
		want     sync.Failure
	}{
		"no metrics": {func(p *played) { p.model.Windows = 0 }, "add_broker", sync.FailureNoWindows},
		"loading":    {func(p *played) { p.model.Monitor = "LOADING" }, "rebalance", sync.FailureLoading},
		"busy": {
			func(p *played) { _ = p.start("remove_broker", "other", emptying("0")) },
			"remove_broker", sync.FailureOngoing,
		},
		"others move": {func(p *played) {
			p.world.refuses = &model.RefusalError{
				Exception: "com.linkedin.kafka.cruisecontrol.exception.OngoingExecutionException",
				Message:   "There are ongoing inter-broker partition movements.",
			}
		}, "remove_broker", sync.FailureOngoing},
		"full": {func(p *played) {
			p.model.SlowComputation, p.model.MostActive = 9, 25
			for reason := range 25 {
				_ = p.start("remove_broker", strconv.Itoa(reason), emptying("0"))
			}
		}, "remove_broker", sync.FailureAtCapacity},
		"hard goal": {func(p *played) {
			p.world.refuses = &model.RefusalError{
				Exception: "com.linkedin.kafka.cruisecontrol.exception.OptimizationFailureException",
				Message: "[DiskCapacityGoal] Insufficient capacity for disk (Utilization 90.00, " +
					"Allowed Capacity 80.00, Threshold: 0.80).",
			}
		}, "remove_broker", sync.FailureHardGoal},
		"unknown broker": {func(p *played) {
			p.world.refuses = &model.RefusalError{
				Exception: "java.lang.IllegalArgumentException", Message: "Broker [7] does not exist.",
			}
		}, "remove_broker", sync.FailureUnknownBroker},
		"unknown topic": {func(p *played) {
			p.world.refuses = &model.RefusalError{
				Exception: "java.lang.IllegalStateException",
				Message:   "There is no topic in cluster matching pattern 'nowhere'.",
			}
		}, "topic_configuration", sync.FailureUnknownTopic},
		"unknown goal": {func(p *played) {
			p.world.refuses = &model.RefusalError{
				Exception: "java.lang.IllegalArgumentException",
				Message:   "Goals [NoGoal] are not supported. Supported: [DiskCapacityGoal].",
			}
		}, "rebalance", sync.FailureBadRequest},
		"too few racks": {func(p *played) {
			p.world.refuses = &model.RefusalError{
				Exception: "java.lang.RuntimeException",
				Message: "Unable to change replication factor of topics [events] to 3 since there are only 1 racks in the " +
					"cluster.",
			}
		}, "topic_configuration", sync.FailureOther},
		"disks without metrics":   {func(p *played) { p.model.Windows = 0 }, "remove_disks", sync.FailureNoWindows},
		"demoted without metrics": {func(p *played) { p.model.Windows = 0 }, "demote_broker", sync.FailureNoWindows},
		"no such log dir": {func(p *played) {
			p.world.refuses = &model.RefusalError{
				Exception: "java.lang.IllegalArgumentException", Message: "Invalid log dirs provided for broker 1.",
			}
		}, "fix_offline_replicas", sync.FailureUnknownLogDir},
		"wrong login": {
			func(p *played) { p.handler.Username, p.handler.Password = "admin", "opensesame" },
			"remove_broker", sync.FailureLogin,
		},
		"no task": {func(*played) {}, "bootstrap", sync.FailureNoEndpoint},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			p := play(t)
			c.prepare(p)
			err := p.start(c.endpoint, "uid-1/1", map[string]string{"dryrun": "false"})
			refusal, ok := errors.AsType[*sync.FailureError](err)
			if !ok || refusal.Failure != c.want {
				t.Fatalf("got %v, want %q", err, c.want)
			}
			if refusal.Text == "" || strings.ContainsAny(err.Error(), "<>") ||
				strings.Contains(err.Error(), "opensesame") {
				t.Errorf("got %q", err)
			}
		})
	}
}

// The texts are Cruise Control's own; docs/cruisecontrol.md says where each is from.
func TestWhatATextMeans(t *testing.T) {
	for text, want := range map[string]sync.Failure{
		"There are only 1 valid windows when aggregating in range [-1, 7]":                  sync.FailureNoWindows,
		"Missing hard goals [RackAwareGoal] in the provided goals: [DiskCapacityGoal].":     sync.FailureGoalsMissing,
		"Unable to resolve capacity of broker 3. Either (1) adding the default broker":      sync.FailureUnknownCapacity,
		"Missing disk capacity information for logDirs [/data-1/kafka] on broker 3":         sync.FailureUnknownCapacity,
		"No log dir remaining to move replicas to for broker 3.":                            sync.FailureUnknownLogDir,
		"Not enough remaining capacity to move replicas to for broker 3.":                   sync.FailureUnknownLogDir,
		"Cluster has no offline replica.":                                                   sync.FailureNothingToDo,
		"All topics matching the pattern already have target replication factor. Requested": sync.FailureNothingToDo,
		"Cannot generate proposals while the executor is in STOPPING_EXECUTION state.":      sync.FailureOngoing,
		"something that nobody has foreseen":                                                sync.FailureOther,
	} {
		p := play(t)
		p.world.refuses = &model.RefusalError{Exception: "java.lang.IllegalArgumentException", Message: text}
		failed, ok := errors.AsType[*sync.FailureError](p.start("remove_broker", "uid-1/1", emptying("1")))
		if !ok || failed.Failure != want || !strings.Contains(failed.Text, text) {
			t.Errorf("%s: got %+v, want %s", text, failed, want)
		}
	}
}

// What the status alone tells, and what only looks as if it did.
func TestWhatAStatusMeans(t *testing.T) {
	for _, test := range []struct {
		status int
		body   string
		want   sync.Failure
	}{
		{http.StatusBadRequest, `{"errorMessage":"Bad POST request due to 'x'."}`, sync.FailureBadRequest},
		{
			http.StatusForbidden, `{"errorMessage":"Cannot process GET request '/review_board' due to: 'x'."}`,
			sync.FailureConfiguration,
		},
		{http.StatusForbidden, `{"servlet":"x","message":"Forbidden"}`, sync.FailureLogin},
		{http.StatusNotFound, `<html>`, sync.FailureNoEndpoint},
		{http.StatusBadGateway, `<html>`, sync.FailureOther},
	} {
		p := play(t)
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet {
				_, _ = w.Write([]byte(`{"userTasks":[]}`))
				return
			}
			w.WriteHeader(test.status)
			_, _ = w.Write([]byte(test.body))
		}))
		t.Cleanup(server.Close)
		p.connection.URL = server.URL
		failed, ok := errors.AsType[*sync.FailureError](p.start("rebalance", "uid-1/1", nil))
		if !ok || failed.Failure != test.want || failed.Status != test.status {
			t.Errorf("%d %s: got %+v, want %s", test.status, test.body, failed, test.want)
		}
	}
}

func TestUnknownParametersAreNamed(t *testing.T) {
	p := play(t)
	err := p.start("remove_disks", "uid-1/1", map[string]string{"brokerid_and_logdirs": "1-/data-0/kafka", "goals": "x"})
	if err == nil || !strings.Contains(err.Error(), "remove_disks has no goals") || len(p.handler.Requests) != 0 {
		t.Errorf("got %v after %v", err, p.handler.Requests)
	}
	for _, endpoint := range []string{
		"add_broker", "remove_broker", "demote_broker", "rebalance", "fix_offline_replicas", "remove_disks",
		"topic_configuration",
	} {
		if err := play(t).start(endpoint, "uid-1/1", map[string]string{"DryRun": "true"}); err != nil {
			t.Errorf("%s: %v", endpoint, err)
		}
	}
}

func TestParametersThatClashAreRefused(t *testing.T) {
	for _, parameters := range []map[string]string{
		{"rebalance_disk": "true", "goals": "DiskCapacityGoal"},
		{"rebalance_disk": "true", "kafka_assigner": "true"},
		{"kafka_assigner": "true", "goals": "DiskCapacityGoal"},
		{"kafka_assigner": "true", "exclude_recently_removed_brokers": "true"},
	} {
		p := play(t)
		err := p.start("rebalance", "uid-1/1", parameters)
		refusal, ok := errors.AsType[*sync.FailureError](err)
		if !ok || refusal.Failure != sync.FailureBadRequest || refusal.Status != http.StatusBadRequest {
			t.Errorf("%v: got %v", parameters, err)
		}
		if len(v1beta1.ParameterClashes(parameters)) == 0 || len(p.model.Tasks()) != 0 {
			t.Errorf("%v is sent, and makes %d tasks", parameters, len(p.model.Tasks()))
		}
	}
}

func TestStopByForce(t *testing.T) {
	p := play(t)
	if err := p.start("remove_broker", "uid-1/1", emptying("0")); err != nil {
		t.Fatal(err)
	}
	p.model.Step()
	err := p.perform(sync.StopExecution{
		ToCruiseControl: sync.ToCruiseControl{Connection: p.connection}, Task: p.tasks()[0].ID, Reason: "uid-2/1",
		Force: true, ExternalAgent: true,
	})
	last := p.handler.Requests[len(p.handler.Requests)-1]
	if err != nil || !strings.Contains(last, "force_stop=true") || !strings.Contains(last, "stop_external_agent=true") {
		t.Errorf("sent %s, got %v", last, err)
	}
}

func TestStopIsForOneTask(t *testing.T) {
	p := play(t)
	if err := p.start("remove_broker", "uid-1/1", emptying("0")); err != nil {
		t.Fatal(err)
	}
	p.model.Step()
	stop := func(task string) {
		t.Helper()
		err := p.perform(sync.StopExecution{
			ToCruiseControl: sync.ToCruiseControl{Connection: p.connection}, Task: task, Reason: "deleted",
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	stop("another task")
	if p.model.Executor() == "STOPPING_EXECUTION" {
		t.Fatal("another's execution was stopped")
	}
	stop(p.tasks()[0].ID)
	p.model.Step()
	p.model.Step()
	if task := p.tasks()[0]; task.Status != sync.TaskCompletedWithError {
		t.Errorf("the task is %s", task.Status)
	}
	task := p.tasks(p.tasks()[0].ID)[0]
	if task.Summary["numReplicaMovements"] != "3" {
		t.Errorf("the stopped task has lost its proposal: %+v", task)
	}
	if last := p.handler.Requests[len(p.handler.Requests)-1]; strings.Contains(last, "force_stop") {
		t.Errorf("nobody has asked for force: %s", last)
	}
	sent := len(p.handler.Requests)
	stop(task.ID)
	if slices.ContainsFunc(p.handler.Requests[sent:], func(r string) bool { return strings.HasPrefix(r, "POST") }) {
		t.Error("a stop was sent although nothing is executed")
	}
}

func TestBrokersAndLoad(t *testing.T) {
	p := play(t)
	facts := p.ask(sync.CruiseControlQuestions{Brokers: true, Load: true})
	brokers, known := facts.Brokers.Get()
	want := []sync.CruiseControlBroker{
		{ID: 0, State: "ALIVE", Replicas: 3, OnlineLogDirs: []string{"/data-0/kafka", "/data-1/kafka"}},
		{ID: 1, State: "ALIVE", Replicas: 2, OnlineLogDirs: []string{"/data-0/kafka", "/data-1/kafka"}},
		{ID: 2, State: "DEAD", Replicas: 2},
	}
	if diff := cmp.Diff(want, brokers, cmp.Transformer("nil", func(s []string) string {
		return strings.Join(s, " ")
	})); !known || diff != "" {
		t.Errorf("known: %t (-want +got):\n%s", known, diff)
	}
	if load, known := facts.Load.Get(); !known || len(load) != 3 || load[2].State != "DEAD" {
		t.Errorf("got load %+v", load)
	}
	p.model.Windows = 0
	if why := p.ask(sync.CruiseControlQuestions{Load: true}).Load.Why(); !strings.Contains(why, "not enough metrics") {
		t.Errorf("got %q", why)
	}
	if state, _ := p.ask(sync.CruiseControlQuestions{State: true, Goals: true}).State.Get(); state.ProposalReady ||
		!slices.Equal(state.GoalsNotReady, []string{"DiskCapacityGoal"}) {
		t.Errorf("got %+v", state)
	}
}

func TestSamplingAndForgetting(t *testing.T) {
	p := play(t)
	to := sync.ToCruiseControl{Connection: p.connection}
	for _, pause := range []bool{true, false} {
		err := p.perform(sync.Sampling{ToCruiseControl: to, Pause: pause, Reason: "roll"})
		if err != nil || (p.model.Monitor == "PAUSED") != pause {
			t.Errorf("pause %t: the monitor is %s: %v", pause, p.model.Monitor, err)
		}
	}
	p.world.replicas[1] = 0
	if err := p.start("remove_broker", "uid-1/1", emptying("1")); err != nil {
		t.Fatal(err)
	}
	if err := p.perform(sync.DropRecentlyRemoved{ToCruiseControl: to, Brokers: []int32{1}}); err != nil ||
		len(p.model.Removed()) != 0 {
		t.Errorf("still removed: %v, %v", p.model.Removed(), err)
	}
	if err := p.perform(sync.DeleteTopic{}); err == nil {
		t.Error("a command to Kafka was carried out")
	}
}

func TestWhyCruiseControlIsUnknown(t *testing.T) {
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	t.Cleanup(silent.Close)
	https := httptest.NewTLSServer(nil)
	t.Cleanup(https.Close)
	text := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("hello"))
	}))
	t.Cleanup(text.Close)
	busy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusAccepted)
	}))
	t.Cleanup(busy.Close)
	closed := httptest.NewServer(nil)
	closed.Close()
	for name, c := range map[string]struct {
		connection sync.CruiseControlConnection
		want       string
	}{
		"refused":         {sync.CruiseControlConnection{URL: closed.URL}, "refuses connections"},
		"silent":          {sync.CruiseControlConnection{URL: silent.URL}, "did not answer in time"},
		"no such name":    {sync.CruiseControlConnection{URL: "http://nowhere.invalid"}, "nowhere.invalid does not resolve"},
		"unknown CA":      {sync.CruiseControlConnection{URL: https.URL}, "unknown CA"},
		"CA that is none": {sync.CruiseControlConnection{URL: https.URL, CA: []byte("nonsense")}, "no PEM certificate"},
		"no JSON":         {sync.CruiseControlConnection{URL: text.URL}, "not the JSON of Cruise Control"},
		"computing":       {sync.CruiseControlConnection{URL: busy.URL}, "still computing"},
		"no address":      {sync.CruiseControlConnection{URL: "http://a b"}, "no address"},
	} {
		t.Run(name, func(t *testing.T) {
			adapter := cruisecontrol.New(cruisecontrol.Options{})
			t.Cleanup(func() { _ = adapter.Close() })
			within := time.Minute // a busy machine must not turn what is refused into what is silent
			if name == "silent" {
				within = time.Second
			}
			ctx, cancel := context.WithTimeout(t.Context(), within)
			defer cancel()
			facts := adapter.Answer(ctx, sync.Questions{CruiseControl: &sync.CruiseControlQuestions{
				Connection: c.connection, State: true, Tasks: true, Brokers: true, Load: true,
			}}).CruiseControl
			for _, why := range []string{facts.State.Why(), facts.Tasks.Why(), facts.Brokers.Why(), facts.Load.Why()} {
				if !strings.Contains(why, c.want) {
					t.Errorf("got %q, want it to say %q", why, c.want)
				}
			}
		})
	}
}
