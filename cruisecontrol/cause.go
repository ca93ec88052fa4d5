package cruisecontrol

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/kompositor/kompositor/sync"
)

// cause asks why the computation of a task has failed. Cruise Control tells that in the answer to the request that
// started it, and never again but to whom sends the same request with the task's id: that is answered as before, and
// starts nothing, for a task that it does not know either. Source: UserTaskManager.getOrCreateUserTask.
//
// Something between us and Cruise Control may swallow the header, and the request would then start a second task. So a
// question is sent first with the header in a place where Cruise Control does not take it.
func (c *client) cause(ctx context.Context, question *sync.TaskQuestion) (sync.Failure, string) {
	if question.Endpoint == "" || !c.headerArrives(ctx, question.ID) {
		return "", ""
	}
	query := make(url.Values, len(question.Parameters))
	for name, value := range question.Parameters {
		query.Set(name, value)
	}
	again := client{http: c.http, connection: c.connection, task: question.ID}
	_, err := again.call(ctx, http.MethodPost, question.Endpoint, query)
	if failed, ok := errors.AsType[*sync.FailureError](err); ok && !strings.Contains(failed.Text, unexpectedHeader) {
		return failed.Failure, failed.Text
	}
	return "", "" // it was computed, and its execution has failed; or it is forgotten
}

// unexpectedHeader is how Cruise Control refuses a task's id in a request that has not started it.
const unexpectedHeader = "Unexpected header"

// headerArrives says that the header with a task's id reaches Cruise Control.
func (c *client) headerArrives(ctx context.Context, task string) bool {
	probe := client{http: c.http, connection: c.connection, task: task}
	_, err := probe.call(ctx, http.MethodGet, "state", url.Values{"substates": {"executor"}})
	failed, refused := errors.AsType[*sync.FailureError](err)
	return refused && strings.Contains(failed.Text, unexpectedHeader)
}
