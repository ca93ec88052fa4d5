package cruisecontrol

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
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
		send(w, http.StatusUnauthorized, map[string]any{"servlet": "x", "message": "Unauthorized", "status": "401"})
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
	request, task := Request{Endpoint: endpoint, Parameters: parameters}, r.Header.Get(taskHeader)
	switch serve := h.endpoints()[r.Method+" "+endpoint]; {
	case serve == nil:
		fail(w, http.StatusNotFound, "", fmt.Sprintf("Unrecognized endpoint in request '%s'", r.URL.Path))
	case h.lacks(parameters) != "":
		fail(w, http.StatusBadRequest, userRequest, fmt.Sprintf("Bad %s request '%s' due to 'Unrecognized endpoint "+
			"parameters in %s %s request: [%s].'.", r.Method, r.URL.Path, endpoint, r.Method, h.lacks(parameters)))
	case task != "":
		h.again(w, task, request)
	case parameters["json"] != "true":
		_, _ = fmt.Fprint(w, "text for people")
	default:
		serve(w, request, written)
	}
}

// lacks are the parameters of a request that this version does not know, and one that none does.
func (h *Handler) lacks(parameters map[string]string) string {
	var unknown []string
	for _, name := range append([]string{"nonsense"}, h.Lacks...) {
		if parameters[name] != "" {
			unknown = append(unknown, name)
		}
	}
	return strings.Join(unknown, ", ")
}

// taskHeader carries a task's id.
const taskHeader = "User-Task-ID"

// again answers a request with the id of a task as the first one of these was; it takes no place and starts nothing. A
// request that has not started that task is refused.
func (h *Handler) again(w http.ResponseWriter, id string, request Request) {
	for _, task := range h.Model.Tasks() {
		if task.ID == id && task.Request.Endpoint == request.Endpoint && maps.Equal(task.Request.Parameters, request.Parameters) {
			answer(w, task, task.Failure)
			return
		}
	}
	refuse(w, "request '"+Path+request.Endpoint+"'", &RefusalError{
		"java.lang.IllegalArgumentException", fmt.Sprintf("Unexpected header %s (value: %s) in the request.", id, taskHeader),
	})
}

type serve func(w http.ResponseWriter, request Request, url string)

func (h *Handler) endpoints() map[string]serve {
	all := map[string]serve{
		"GET state": h.state, "GET kafka_cluster_state": h.brokers, "GET user_tasks": h.userTasks, "GET load": h.load,
		"POST admin":          h.admin,
		"POST pause_sampling": h.sampling("PAUSED"), "POST resume_sampling": h.sampling(monitorRunning),
	}
	for name, serve := range all {
		all[name] = h.placed(name, serve)
	}
	all["POST stop_proposal_execution"] = h.stop
	for _, endpoint := range []string{
		"add_broker", "remove_broker", "demote_broker", "rebalance", "fix_offline_replicas", "remove_disks",
		"topic_configuration",
	} {
		all["POST "+endpoint] = h.start
	}
	return all
}

// placed serves a request for which there is a place.
func (h *Handler) placed(name string, serve serve) serve {
	method, endpoint, _ := strings.Cut(name, " ")
	return func(w http.ResponseWriter, request Request, url string) {
		if refusal := h.Model.Take(); refusal != nil {
			refuse(w, method+" request '"+Path+endpoint+"'", refusal)
			return
		}
		serve(w, request, url)
	}
}

// start posts a task. Its answer is the proposal, or the progress while it is being computed.
func (h *Handler) start(w http.ResponseWriter, request Request, url string) {
	task, refusal := h.Model.Post(request, url)
	answer(w, task, refusal)
}

// answer answers the request that has started a task, or was refused.
func answer(w http.ResponseWriter, task *Task, refusal *RefusalError) {
	if task != nil {
		w.Header().Set(taskHeader, task.ID)
	}
	switch {
	case refusal != nil:
		refuse(w, "POST request", refusal)
	case task.Status == Active:
		send(w, http.StatusAccepted, map[string]any{"version": 1, "progress": []any{
			map[string]any{"operation": task.Request.Endpoint, "operationProgress": []any{}},
		}})
	default:
		send(w, http.StatusOK, proposal(task))
	}
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
		finished, total := progress(h.Model.Executor())
		if total != "" {
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
		},
		"ExecutorState": executor,
		"AnalyzerState": analyzer,
	})
}

// progress names the fields in which a state of the executor tells how far it is; empty in the others. Source: Cruise
// Control, ExecutorState.getJsonStructure.
func progress(state string) (finished, total string) {
	switch state {
	case executorMoves:
		return "finishedDataMovement", "totalDataToMove"
	case executorMovesIn:
		return "finishedIntraBrokerDataMovement", "totalIntraBrokerDataToMove"
	case executorLeaders:
		return "numFinishedLeadershipMovements", "numTotalLeadershipMovements"
	}
	return "", ""
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

func (h *Handler) load(w http.ResponseWriter, _ Request, _ string) {
	if h.Model.Windows == 0 {
		const exception = "com.linkedin.cruisecontrol.exception.NotEnoughValidWindowsException"
		fail(w, http.StatusInternalServerError, exception,
			"Error processing GET request '"+Path+"load' due to: '"+exception+": There is no window available in range'.")
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

func (h *Handler) userTasks(w http.ResponseWriter, request Request, _ string) {
	wanted := request.Parameters["user_task_ids"]
	tasks := []any{}
	for _, task := range h.Model.Tasks() {
		if wanted != "" && !strings.Contains(wanted, task.ID) {
			continue
		}
		shown := map[string]any{
			"UserTaskId": task.ID, "RequestURL": task.URL, "ClientIdentity": "192.0.2.1",
			"StartMs": strconv.FormatInt(task.Start, 10), "Status": task.Status,
		}
		if request.Parameters["fetch_completed_task"] == "true" && task.Status != Active {
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
		refuse(w, "POST request '"+Path+request.Endpoint+"'", refusal)
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

// refuse sends a refusal of the model.
func refuse(w http.ResponseWriter, request string, refusal *RefusalError) {
	if refusal.Exception == userRequest {
		fail(w, http.StatusBadRequest, refusal.Exception, fmt.Sprintf("Bad %s due to '%s'.", request, refusal.Message))
		return
	}
	fail(w, http.StatusInternalServerError, refusal.Exception, fmt.Sprintf(
		"Error processing %s due to: '%s'.", request, refusal.Error()))
}

// fail sends an error as Cruise Control does: nearly always as 500, with the exception in its stack trace.
func fail(w http.ResponseWriter, status int, exception, message string) {
	send(w, status, map[string]any{"version": 1, "stackTrace": exception + "\n\tat ...", "errorMessage": message})
}

func send(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) //nolint:errchkjson // a caller that has gone away is its own loss
}
