package cruisecontrol

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kompositor/kompositor/sync"
)

// Perform carries commands out in their order.
func (a *Adapter) Perform(ctx context.Context, commands []sync.Command) sync.Outcomes {
	outcomes := make(sync.Outcomes, 0, len(commands))
	for _, command := range commands {
		begin := time.Now()
		name, err := a.perform(ctx, command)
		a.metrics.observe(name, time.Since(begin), err)
		outcomes = append(outcomes, sync.Outcome{Command: command, Err: err})
	}
	return outcomes
}

func (a *Adapter) perform(ctx context.Context, command sync.Command) (name string, err error) {
	switch command := command.(type) {
	case sync.StartTask:
		return "start", a.with(&command.Connection, func(c *client) error { return c.start(ctx, &command) })
	case sync.StopExecution:
		return "stop", a.with(&command.Connection, func(c *client) error { return c.stop(ctx, &command) })
	case sync.DropRecentlyRemoved:
		return "admin", a.with(&command.Connection, func(c *client) error {
			ids := make([]string, 0, len(command.Brokers))
			for _, id := range command.Brokers {
				ids = append(ids, strconv.Itoa(int(id)))
			}
			return c.post(ctx, "admin", url.Values{"drop_recently_removed_brokers": {strings.Join(ids, ",")}})
		})
	case sync.Sampling:
		endpoint := "resume_sampling"
		if command.Pause {
			endpoint = "pause_sampling"
		}
		return "sampling", a.with(&command.Connection, func(c *client) error {
			return c.post(ctx, endpoint, url.Values{"reason": {command.Reason}})
		})
	}
	return "unknown", fmt.Errorf("%s is no command for Cruise Control", command)
}

func (a *Adapter) with(connection *sync.CruiseControlConnection, do func(*client) error) error {
	c, err := a.clients.of(connection)
	if err != nil {
		return err
	}
	return do(c)
}

// start starts a task, unless Cruise Control knows one with the same reason already: a lost answer or a second replica
// comes here again. That the tasks are not known is a reason not to start one.
//
// Cruise Control answers 202 while it computes, and 200 when the computation is over and the execution has begun. Both
// mean that the task exists.
func (c *client) start(ctx context.Context, command *sync.StartTask) error {
	if err := checkParameters(command.Endpoint, command.Parameters); err != nil {
		return err
	}
	known, err := c.userTasks(ctx, url.Values{})
	if err != nil {
		return fmt.Errorf("look for the task before it is started: %w", err)
	}
	started := func(t userTask) bool { return t.read().Reason == command.Reason }
	if slices.ContainsFunc(known, started) {
		return nil
	}
	query := url.Values{"reason": {command.Reason}}
	for name, value := range command.Parameters {
		query.Set(strings.ToLower(name), value)
	}
	return c.post(ctx, command.Endpoint, query)
}

// stop stops the execution that runs, if it is the task's. Cruise Control's stop ends whatever is being executed, so
// another's execution, a human's or a self-healing one, is left alone.
func (c *client) stop(ctx context.Context, command *sync.StopExecution) error {
	state, err := c.state(ctx, false)
	if err != nil {
		return fmt.Errorf("look whose execution runs before it is stopped: %w", err)
	}
	if state.Idle() || state.ExecutorTask != command.Task {
		return nil
	}
	query := url.Values{"reason": {command.Reason}, externalAgent: {strconv.FormatBool(command.ExternalAgent)}}
	if command.Force {
		query.Set("force_stop", "true")
	}
	err = c.post(ctx, stopEndpoint, query)
	failed, ok := errors.AsType[*sync.FailureError](err)
	if !ok || failed.Failure != sync.FailureBadRequest {
		return err
	}
	// Before 2.5.58 neither parameter was there.
	for name := range query {
		if strings.Contains(failed.Text, name) {
			query.Del(name)
		}
	}
	return c.post(ctx, stopEndpoint, query)
}

// stopEndpoint stops what is executed, and externalAgent, a parameter of it, what others move in Kafka too.
const (
	stopEndpoint  = "stop_proposal_execution"
	externalAgent = "stop_external_agent"
)

func (c *client) post(ctx context.Context, endpoint string, query url.Values) error {
	_, err := c.call(ctx, http.MethodPost, endpoint, query)
	return err
}
