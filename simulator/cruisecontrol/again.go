package cruisecontrol

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
)

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
// request that has not started that task is refused. Source: Cruise Control, UserTaskManager.getOrCreateUserTask.
func (h *Handler) again(w http.ResponseWriter, id string, request Request) {
	for _, task := range h.Model.Tasks() {
		if task.ID == id && task.Request.Endpoint == request.Endpoint &&
			maps.Equal(task.Request.Parameters, request.Parameters) {
			answer(w, request, task, task.Failure)
			return
		}
	}
	refuse(w, request, &RefusalError{
		"java.lang.IllegalArgumentException", fmt.Sprintf("Unexpected header %s (value: %s) in the request.", id, taskHeader),
	})
}

// answer answers the request that has started a task, or was refused.
func answer(w http.ResponseWriter, request Request, task *Task, refusal *RefusalError) {
	if task != nil {
		w.Header().Set(taskHeader, task.ID)
	}
	switch {
	case refusal != nil && refusal.Exception == userRequest:
		fail(w, http.StatusBadRequest, refusal.Exception, refusal.Message)
	case refusal != nil:
		refuse(w, request, refusal)
	case task.Status == Active:
		send(w, http.StatusAccepted, map[string]any{"version": 1, "progress": []any{
			map[string]any{"operation": request.Endpoint, "operationProgress": []any{}},
		}})
	default:
		send(w, http.StatusOK, proposal(task))
	}
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
