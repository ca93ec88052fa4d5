package cruisecontrol_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/kompositor/kompositor/cruisecontrol"
	model "github.com/kompositor/kompositor/simulator/cruisecontrol"
	"github.com/kompositor/kompositor/sync"
)

// answered are the tasks, and the answer of one that was started as the tests start them.
func (p *played) answered(id string, parameters map[string]string) []sync.UserTask {
	p.t.Helper()
	all := map[string]string{"reason": "uid-1/1"}
	maps.Copy(all, parameters)
	tasks, _ := p.ask(sync.CruiseControlQuestions{Tasks: true, Answers: []sync.TaskQuestion{
		{ID: id, Endpoint: "remove_broker", Parameters: all},
	}}).Tasks.Get()
	return slices.DeleteFunc(tasks, func(t sync.UserTask) bool { return t.Reason == "" })
}

// Cruise Control tells why a computation has failed only to whom repeats the request with the task's id.
func TestWhyALongComputationFailed(t *testing.T) {
	p := play(t)
	p.model.SlowComputation = 2
	p.world.refuses = &model.RefusalError{
		Exception: "com.linkedin.kafka.cruisecontrol.exception.OptimizationFailureException",
		Message:   "[DiskCapacityGoal] Insufficient capacity for disk",
	}
	if err := p.start("remove_broker", "uid-1/1", emptying("1")); err != nil {
		t.Fatal(err)
	}
	for range 10 { // until the scanner has seen it
		p.model.Step()
	}
	id := p.tasks()[0].ID
	if task := p.tasks(id)[0]; task.Status != sync.TaskCompletedWithError || task.Error != "" {
		t.Fatalf("user_tasks alone tells the cause: %+v", task)
	}
	tasks := p.answered(id, emptying("1"))
	if len(tasks) != 1 || tasks[0].Failure != sync.FailureHardGoal ||
		!strings.Contains(tasks[0].Error, "DiskCapacityGoal") {
		t.Errorf("got %+v", tasks)
	}
	// Another request than that which started the task is none of its, and starts nothing.
	tasks = p.answered(id, emptying("0"))
	if len(tasks) != 1 || tasks[0].Error != "" {
		t.Errorf("got %+v", tasks)
	}
}

// Where the header with the task's id does not reach Cruise Control, the request is not repeated: it would be another
// task.
func TestNothingIsRepeatedWithoutTheHeader(t *testing.T) {
	p := play(t)
	p.world.refuses = &model.RefusalError{Exception: "java.lang.IllegalStateException", Message: "no"}
	_ = p.start("remove_broker", "uid-1/1", emptying("1"))
	for range 5 { // until the scanner has seen it
		p.model.Step()
	}
	id := p.tasks()[0].ID
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Del("User-Task-ID")
		p.handler.ServeHTTP(w, r)
	}))
	t.Cleanup(proxy.Close)
	p.connection.URL = proxy.URL + strings.TrimSuffix(model.Path, "/")
	sent := len(p.handler.Requests)
	tasks := p.answered(id, emptying("1"))
	if len(tasks) != 1 || tasks[0].Status != sync.TaskCompletedWithError || tasks[0].Error != "" ||
		slices.ContainsFunc(p.handler.Requests[sent:], isPost) {
		t.Errorf("got %+v after %q", tasks, p.handler.Requests[sent:])
	}
}

func isPost(request string) bool { return strings.HasPrefix(request, "POST") }

// A start that is not answered in time may have arrived; one that nobody listens for has not.
func TestWhatMayHaveArrived(t *testing.T) {
	silent := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			panic(http.ErrAbortHandler)
		}
		_, _ = w.Write([]byte(`{"userTasks":[]}`))
	}))
	t.Cleanup(silent.Close)
	closed := httptest.NewServer(nil)
	closed.Close()
	for url, want := range map[string]bool{silent.URL: true, closed.URL: false} {
		adapter := cruisecontrol.New(cruisecontrol.Options{})
		t.Cleanup(func() { _ = adapter.Close() })
		err := adapter.Perform(t.Context(), []sync.Command{sync.StartTask{
			ToCruiseControl: sync.ToCruiseControl{Connection: sync.CruiseControlConnection{URL: url}},
			Endpoint:        "rebalance", Reason: "uid-1/1",
		}})[0].Err
		failed, ok := err.(*sync.FailureError) //nolint:errorlint // it is returned as it is
		if err == nil || (ok && failed.Failure == sync.FailureUnanswered) != want {
			t.Errorf("%s: got %v, want it to have arrived: %t", url, err, want)
		}
	}
}

// Before 2.5.58 stop_proposal_execution knew neither its reason nor what others move.
func TestStopOfAnOlderCruiseControl(t *testing.T) {
	p := play(t)
	p.handler.Lacks = []string{"stop_external_agent"}
	if err := p.start("remove_broker", "uid-1/1", emptying("0")); err != nil {
		t.Fatal(err)
	}
	p.model.Step()
	err := p.perform(sync.StopExecution{
		ToCruiseControl: sync.ToCruiseControl{Connection: p.connection}, Task: p.tasks()[0].ID, Reason: "deleted",
	})
	if err != nil || p.model.Executor() != "STOPPING_EXECUTION" {
		t.Errorf("got %v, and the executor is %s", err, p.model.Executor())
	}
}
