package cruisecontrol

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Path is where the REST API begins. Source: Cruise Control, WebServerConfig.
const Path = "/kafkacruisecontrol/"

// Handler serves the REST API of a model. It is for one caller at a time: lock around it where there are more.
type Handler struct {
	Model *Model
	// Username and Password are asked for by HTTP basic authentication; empty asks for none.
	Username, Password string
	// Lacks are the parameters that this version does not know yet.
	Lacks []string
	// Requests are the methods, paths and queries that were served, in their order.
	Requests []string
}

// ServeHTTP serves one request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h.Model.Down {
		panic(http.ErrAbortHandler) // the connection ends
	}
	if user, password, _ := r.BasicAuth(); user != h.Username || password != h.Password {
		unauthorized(w, r)
		return
	}
	endpoint := strings.ToLower(strings.TrimPrefix(r.URL.Path, Path))
	parameters, written := map[string]string{}, r.Method+" "+r.URL.Path
	delimiter := "?"
	for name, values := range r.URL.Query() {
		parameters[strings.ToLower(name)] = values[0]
		written += delimiter + name + "=" + values[0]
		delimiter = "&"
	}
	h.Requests = append(h.Requests, r.Method+" "+endpoint+"?"+r.URL.RawQuery)
	request := Request{Endpoint: endpoint, Parameters: parameters}
	start, look := h.tasks()[r.Method+" "+endpoint], h.looks()[r.Method+" "+endpoint]
	switch {
	case start == nil && look == nil:
		fail(w, http.StatusNotFound, "", fmt.Sprintf("Unrecognized endpoint in request '/%s'", endpoint))
	case h.lacks(parameters) != "":
		fail(w, http.StatusBadRequest, userRequest, fmt.Sprintf("Unrecognized endpoint parameters in %s %s request: [%s].",
			strings.ToUpper(endpoint), r.Method, h.lacks(parameters)))
	case r.Header.Get(taskHeader) != "":
		h.again(w, r.Header.Get(taskHeader), request)
	case parameters["json"] != "true":
		_, _ = fmt.Fprint(w, "text for people")
	case start != nil:
		start(w, request, written)
	default:
		h.look(w, request, written, look)
	}
}

// unauthorized is the web server's answer, not Cruise Control's: a page, unless JSON is asked for in the header.
func unauthorized(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Accept") == "application/json" {
		send(w, http.StatusUnauthorized, map[string]any{"servlet": "x", "message": "Unauthorized", "status": "401"})
		return
	}
	w.WriteHeader(http.StatusUnauthorized)
	_, _ = fmt.Fprint(w, "<html><body><h2>HTTP ERROR 401 Unauthorized</h2></body></html>")
}

// look serves a request that moves nothing.
func (h *Handler) look(w http.ResponseWriter, request Request, written string, serve serve) {
	task, refusal := h.Model.Look(request, written)
	if refusal != nil {
		refuse(w, request, refusal)
		return
	}
	w.Header().Set(taskHeader, task.ID)
	serve(w, request, task.ID)
}

// serve answers a request: url is how it is shown later, or, of one that moves nothing, the id of its own task.
type serve func(w http.ResponseWriter, request Request, url string)

func (h *Handler) looks() map[string]serve {
	return map[string]serve{
		"GET state": h.state, "GET kafka_cluster_state": h.brokers, "GET user_tasks": h.userTasks, "GET load": h.load,
		"POST admin":          h.admin,
		"POST pause_sampling": h.sampling("PAUSED"), "POST resume_sampling": h.sampling(monitorRunning),
	}
}

func (h *Handler) tasks() map[string]serve {
	all := map[string]serve{"POST stop_proposal_execution": h.stop}
	for _, endpoint := range []string{
		"add_broker", "remove_broker", "demote_broker", "rebalance", "fix_offline_replicas", "remove_disks",
		"topic_configuration",
	} {
		all["POST "+endpoint] = h.start
	}
	return all
}

// start posts a task. Its answer is the proposal, or the progress while it is being computed.
func (h *Handler) start(w http.ResponseWriter, request Request, url string) {
	task, refusal := h.Model.Post(request, url)
	answer(w, request, task, refusal)
}

func proposal(task *Task) map[string]any {
	return map[string]any{"version": 1, "goalSummary": []any{}, "summary": map[string]any{
		"numReplicaMovements": task.Moves, "dataToMoveMB": task.Moves, "numLeaderMovements": 0,
		"provisionStatus": "RIGHT_SIZED", "excludedTopics": []string{},
	}}
}

func (h *Handler) state(w http.ResponseWriter, request Request, _ string) {
	executor := map[string]any{"state": h.Model.Executor()}
	if task := h.Model.Executing(); task != nil {
		executor["triggeredUserTaskId"], executor["triggeredSelfHealingTaskId"] = task.ID, ""
		executor["triggeredTaskReason"] = task.Request.Parameters["reason"] + " (Client: 192.0.2.1, Date: now)"
		if finished, total := progress(h.Model.Executor()); total != "" {
			executor[finished], executor[total] = 0, task.Moves
		}
	}
	if removed := h.Model.Removed(); len(removed) > 0 {
		executor["recentlyRemovedBrokers"] = removed
	}
	ready, status := h.Model.Windows > 0, "ready"
	if !ready {
		status = "notReady"
	}
	analyzer := map[string]any{"isProposalReady": ready, "readyGoals": []string{}}
	if request.Parameters["verbose"] == "true" {
		analyzer["goalReadiness"] = []any{map[string]any{"name": "DiskCapacityGoal", "status": status}}
	}
	send(w, http.StatusOK, map[string]any{
		"version": 1,
		"MonitorState": map[string]any{
			"state": h.Model.Monitor, "numMonitoredWindows": h.Model.Windows, "monitoringCoveragePct": 100.0,
			"reasonOfLatestPauseOrResume": "N/A",
		},
		"ExecutorState": executor,
		"AnalyzerState": analyzer,
	})
}

func (h *Handler) brokers(w http.ResponseWriter, _ Request, _ string) {
	replicas, online, offline := map[string]int{}, map[string][]string{}, map[string][]string{}
	for _, b := range h.Model.Brokers() {
		id := strconv.Itoa(int(b.ID))
		replicas[id], online[id], offline[id] = b.Replicas, append([]string{}, b.Online...), append([]string{}, b.Offline...)
		if !b.Alive {
			online[id], offline[id] = []string{"broker_dead"}, []string{"broker_dead"}
		}
	}
	send(w, http.StatusOK, map[string]any{"version": 1, "KafkaBrokerState": map[string]any{
		"ReplicaCountByBrokerId": replicas, "OnlineLogDirsByBrokerId": online, "OfflineLogDirsByBrokerId": offline,
	}})
}

func (h *Handler) load(w http.ResponseWriter, request Request, _ string) {
	if h.Model.Windows == 0 {
		refuse(w, request, noWindows())
		return
	}
	var brokers []any
	for _, b := range h.Model.Brokers() {
		state := "ALIVE"
		if !b.Alive {
			state = "DEAD"
		}
		brokers = append(brokers, map[string]any{"Broker": b.ID, "BrokerState": state, "Replicas": b.Replicas, "Leaders": 0})
	}
	send(w, http.StatusOK, map[string]any{"version": 1, "hosts": []any{}, "brokers": brokers})
}

// userTasks shows all tasks but its own.
func (h *Handler) userTasks(w http.ResponseWriter, request Request, own string) {
	wanted := request.Parameters["user_task_ids"]
	tasks := []any{}
	for _, task := range slices.Concat(h.Model.Tasks(), h.Model.Looks()) {
		if task.ID == own || wanted != "" && !strings.Contains(wanted, task.ID) {
			continue
		}
		shown := map[string]any{
			"UserTaskId": task.ID, "RequestURL": task.URL, "ClientIdentity": "192.0.2.1",
			"StartMs": strconv.FormatInt(task.Start, 10), "Status": task.Shown(),
		}
		if request.Parameters["fetch_completed_task"] == "true" && task.Shown() != Active {
			answer, _ := json.Marshal(proposal(task))
			shown["originalResponse"] = string(answer)
			if task.Failure != nil {
				shown["originalResponse"] = string(CompletedWithError)
			}
		}
		tasks = append(tasks, shown)
	}
	send(w, http.StatusOK, map[string]any{"version": 1, "userTasks": tasks})
}

func (h *Handler) stop(w http.ResponseWriter, request Request, url string) {
	if refusal := h.Model.Stop(request, url); refusal != nil {
		refuse(w, request, refusal)
		return
	}
	send(w, http.StatusOK, map[string]any{"version": 1, "message": "Proposal execution stopped."})
}

func (h *Handler) admin(w http.ResponseWriter, request Request, _ string) {
	h.Model.Forget(Brokers(request.Parameters["drop_recently_removed_brokers"]))
	send(w, http.StatusOK, map[string]any{"version": 1})
}

func (h *Handler) sampling(state string) serve {
	return func(w http.ResponseWriter, _ Request, _ string) {
		h.Model.Monitor = state
		send(w, http.StatusOK, map[string]any{"version": 1, "message": "Metric sampling " + strings.ToLower(state) + "."})
	}
}

// refuse tells why a request was not served. Most that goes wrong in a computation is wrapped once more.
func refuse(w http.ResponseWriter, request Request, refusal *RefusalError) {
	const (
		state   = "java.lang.IllegalStateException"
		wrapper = "com.linkedin.kafka.cruisecontrol.exception.KafkaCruiseControlException"
	)
	method, told := http.MethodPost, refusal.Error()
	if look := []string{"state", "user_tasks", "kafka_cluster_state", "load"}; slices.Contains(look, request.Endpoint) {
		method = http.MethodGet
	}
	if refusal.Exception != "" && refusal.Exception != state {
		told = wrapper + ": " + told
	}
	fail(w, http.StatusInternalServerError, refusal.Exception,
		fmt.Sprintf("Error processing %s request '/%s' due to: '%s'.", method, request.Endpoint, told))
}

// fail sends an error as Cruise Control does: nearly always as 500, with the exception in its stack trace.
func fail(w http.ResponseWriter, status int, exception, message string) {
	send(w, status, map[string]any{"version": 1, "stackTrace": exception + "\n\tat ...", "errorMessage": message})
}

func send(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	w.Header().Set("Cruise-Control-Version", "unknown")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) //nolint:errchkjson // a caller that has gone away is its own loss
}
