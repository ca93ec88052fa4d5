package cruisecontrol

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	gosync "sync"
	"time"
)

// path is where the REST API begins.
const path = "/kafkacruisecontrol/"

// Config says which Kafka is looked after, and where the REST API is.
type Config struct {
	// Bootstrap and Address are host:port.
	Bootstrap, Address string
}

// Server is a Cruise Control. Its methods may be called from several goroutines.
type Server struct {
	config Config

	mu     gosync.Mutex
	stop   func()
	memory *memory
	log    []string
}

// New returns a Cruise Control that is not started.
func New(config Config) *Server { return &Server{config: config} }

// Start starts it with an empty memory.
func (s *Server) Start() error {
	kafka, err := newKafka(s.config.Bootstrap)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", s.config.Address)
	if err != nil {
		return err
	}
	life, end := context.WithCancel(context.Background())
	m := &memory{kafka: kafka, crash: func() {
		end()
		go s.Stop()
	}}
	served := &http.Server{Handler: s.handler(life, m), ReadHeaderTimeout: time.Minute}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = served.Serve(listener) // ends when it is closed
	}()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.memory = m
	s.stop = func() {
		end()
		_ = served.Close() // its connections are cut
		<-ended
		kafka.client.Close()
	}
	return nil
}

// Stop ends it as a crash does: what it knows is gone, and what Kafka is moving goes on.
func (s *Server) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stop != nil {
		s.stop()
	}
	s.stop = nil
}

// CrashAt has it stop as soon as so many moves of the execution are done, and at least one is not.
func (s *Server) CrashAt(moves int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.memory.mu.Lock()
	defer s.memory.mu.Unlock()
	s.memory.crashAt = moves
}

// Running says that it was started and not stopped.
func (s *Server) Running() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stop != nil
}

// Started are the requests that a task was started with, of all lives: method, path and query.
func (s *Server) Started() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.log...)
}

// Progress is how many of the moves of the execution are done; zero of zero when nothing is executed.
func (s *Server) Progress() (done, of int) {
	s.mu.Lock()
	m := s.memory
	s.mu.Unlock()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.executing == nil {
		return 0, 0
	}
	return m.done, len(m.executing.moves)
}

func (s *Server) handler(life context.Context, m *memory) http.Handler {
	serve := http.NewServeMux()
	serve.HandleFunc("GET "+path+"state", m.state)
	serve.HandleFunc("GET "+path+"user_tasks", m.userTasks)
	serve.HandleFunc("GET "+path+"kafka_cluster_state", m.brokers)
	serve.HandleFunc("POST "+path+"stop_proposal_execution", m.stopExecution)
	for _, endpoint := range []string{"add_broker", "remove_broker"} {
		serve.HandleFunc("POST "+path+endpoint, func(w http.ResponseWriter, r *http.Request) {
			if known := m.known(r.Header.Get("User-Task-ID")); known != nil {
				m.answer(w, known)
				return
			}
			t := asked(endpoint, r)
			s.mu.Lock()
			s.log = append(s.log, t.request)
			s.mu.Unlock()
			m.add(life, t)
			m.answer(w, t)
		})
	}
	serve.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fail(w, http.StatusNotFound, fmt.Sprintf("Unrecognized endpoint in request '%s'", r.URL.Path))
	})
	return serve
}

// asked is the task that a request asks for.
func asked(endpoint string, r *http.Request) *task {
	t := &task{endpoint: endpoint, parameters: map[string]string{}, request: r.Method + " " + r.URL.Path}
	delimiter := "?"
	for name, values := range r.URL.Query() {
		t.parameters[strings.ToLower(name)] = values[0]
		t.request += delimiter + name + "=" + values[0]
		delimiter = "&"
	}
	return t
}

func (m *memory) known(id string) *task {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, t := range m.tasks {
		if t.id == id {
			return t
		}
	}
	return nil
}

// answer answers whoever has started a task: 202 while it is computed, then the proposal, or why there is none.
func (m *memory) answer(w http.ResponseWriter, t *task) {
	m.mu.Lock()
	defer m.mu.Unlock()
	w.Header().Set("User-Task-ID", t.id)
	switch {
	case t.status == active:
		send(w, http.StatusAccepted, map[string]any{"version": 1, "progress": []any{
			map[string]any{"operation": t.endpoint, "operationProgress": []any{}},
		}})
	case t.failure != "":
		fail(w, http.StatusInternalServerError, t.failure)
	default:
		send(w, http.StatusOK, t.proposal())
	}
}

func (t *task) proposal() map[string]any {
	return map[string]any{"version": 1, "goalSummary": []any{}, "summary": map[string]any{
		"numReplicaMovements": len(t.moves), "dataToMoveMB": len(t.moves), "numLeaderMovements": 0,
	}}
}

// state tells of the parts that are asked for. A move counts as a megabyte.
func (m *memory) state(w http.ResponseWriter, _ *http.Request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	executor := map[string]any{"state": executorIdle}
	if t := m.executing; t != nil {
		executor["state"], executor["triggeredUserTaskId"] = executorMoves, t.id
		executor["triggeredTaskReason"] = t.parameters["reason"] + " (Client: 127.0.0.1, Date: now)"
		executor["finishedDataMovement"], executor["totalDataToMove"] = m.done, len(t.moves)
		if m.stop {
			executor["state"] = executorStops
		}
	}
	if len(m.removed) > 0 {
		executor["recentlyRemovedBrokers"] = m.removed
	}
	send(w, http.StatusOK, map[string]any{
		"version":       1,
		"MonitorState":  map[string]any{"state": "RUNNING", "numMonitoredWindows": 1, "monitoringCoveragePct": 100.0},
		"ExecutorState": executor,
		"AnalyzerState": map[string]any{
			"isProposalReady": true,
			"goalReadiness":   []any{map[string]any{"name": "ReplicaDistributionGoal", "status": "ready"}},
		},
	})
}

// brokers are those of Kafka's metadata, and those that hold replicas without being there.
func (m *memory) brokers(w http.ResponseWriter, r *http.Request) {
	partitions, alive, err := m.kafka.partitions(r.Context())
	if err != nil {
		fail(w, http.StatusInternalServerError, err.Error())
		return
	}
	replicas, online, offline := map[int32]int{}, map[int32][]string{}, map[int32][]string{}
	for _, id := range alive {
		replicas[id], online[id], offline[id] = 0, []string{}, []string{}
	}
	for i := range partitions {
		for _, id := range partitions[i].replicas {
			if replicas[id]++; !slices.Contains(alive, id) {
				online[id], offline[id] = []string{dead}, []string{dead}
			}
		}
	}
	send(w, http.StatusOK, map[string]any{"version": 1, "KafkaBrokerState": map[string]any{
		"ReplicaCountByBrokerId": replicas, "OnlineLogDirsByBrokerId": online, "OfflineLogDirsByBrokerId": offline,
	}})
}

// dead stands for the log directories of a broker that is not there. Source: Cruise Control, ClusterBrokerState.
const dead = "broker_dead"

func (m *memory) userTasks(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	wanted, tasks := r.URL.Query().Get("user_task_ids"), []any{}
	for _, t := range m.tasks {
		if wanted != "" && !strings.Contains(wanted, t.id) {
			continue
		}
		shown := map[string]any{
			"UserTaskId": t.id, "RequestURL": t.request, "ClientIdentity": "127.0.0.1",
			"StartMs": strconv.FormatInt(t.started.UnixMilli(), 10), "Status": t.status,
		}
		if r.URL.Query().Get("fetch_completed_task") == "true" && t.status != active {
			answer, _ := json.Marshal(t.proposal())
			if t.failure != "" {
				answer = []byte(completedWithError) // all that the real one keeps of it
			}
			shown["originalResponse"] = string(answer)
		}
		tasks = append(tasks, shown)
	}
	send(w, http.StatusOK, map[string]any{"version": 1, "userTasks": tasks})
}

func (m *memory) stopExecution(w http.ResponseWriter, _ *http.Request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stop = m.executing != nil
	send(w, http.StatusOK, map[string]any{"version": 1, "message": "Proposal execution stopped."})
}

// fail answers an error as Cruise Control does: nearly always with status 500.
func fail(w http.ResponseWriter, status int, message string) {
	send(w, status, map[string]any{"version": 1, "stackTrace": message + "\n\tat ...", "errorMessage": message})
}

func send(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) //nolint:errchkjson // a caller that has gone away is its own loss
}
