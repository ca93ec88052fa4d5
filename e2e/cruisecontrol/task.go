package cruisecontrol

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strconv"
	"strings"
	gosync "sync"
	"time"
)

// The states of a task, in Cruise Control's words.
const (
	active             = "Active"
	inExecution        = "InExecution"
	completed          = "Completed"
	completedWithError = "CompletedWithError"
)

// The states of the executor.
const (
	executorIdle  = "NO_TASK_IN_PROGRESS"
	executorMoves = "INTER_BROKER_REPLICA_MOVEMENT_TASK_IN_PROGRESS"
	executorStops = "STOPPING_EXECUTION"
)

const (
	// computation is how long a proposal takes.
	computation = time.Second
	// scan is how long a task that is executed is still seen as Completed.
	scan = time.Second
)

// task is one user task.
type task struct {
	id         string
	endpoint   string
	parameters map[string]string // names in lower case
	// request is method, path and query, its values not escaped.
	request string
	started time.Time
	status  string
	moves   []partition
	failure string // of its computation
}

// dry says that nothing is to be moved, which is the default.
func (t *task) dry() bool { return t.parameters["dryrun"] != "false" }

// memory is what Cruise Control knows until it is restarted. The fields below mu are guarded by it.
type memory struct {
	kafka *kafka
	crash func()

	mu        gosync.Mutex
	tasks     []*task
	executing *task
	done      int  // of its moves
	stop      bool // it is to be stopped
	removed   []int32
	crashAt   int // of its moves; 0 for never
}

// add makes a task, and computes and executes it in the background until the context ends.
func (m *memory) add(ctx context.Context, t *task) {
	t.id, t.started, t.status = newID(), time.Now(), active
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tasks = append(m.tasks, t)
	go func() {
		if !pause(ctx, computation) {
			return
		}
		moves, err := m.propose(ctx, t)
		if !m.computed(t, moves, err) || !pause(ctx, scan) {
			return
		}
		m.execute(ctx, t)
	}()
}

// computed notes what the computation has come to, and says whether it is to be executed.
func (m *memory) computed(t *task, proposal []partition, err error) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err == nil && m.executing != nil && !t.dry() {
		err = ongoing("Cannot start a new execution while there is an ongoing execution.")
	}
	if err != nil {
		t.status, t.failure = completedWithError, err.Error()
		return false
	}
	t.status, t.moves = completed, proposal
	if t.dry() || len(proposal) == 0 {
		return false
	}
	m.executing, m.done, m.stop = t, 0, false
	return true
}

// propose computes what a task moves. Cruise Control does not move beside others: reassignments that it has forgotten
// in a restart are another's to it.
func (m *memory) propose(ctx context.Context, t *task) ([]partition, error) {
	ids, err := brokerIDs(t.parameters["brokerid"])
	if err != nil {
		return nil, err
	}
	moving, err := m.kafka.reassigning(ctx)
	if err != nil {
		return nil, err
	}
	if len(moving) > 0 && !t.dry() {
		return nil, ongoing("There are ongoing inter-broker partition movements.")
	}
	partitions, brokers, err := m.kafka.partitions(ctx)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if !slices.Contains(brokers, id) && t.endpoint == "add_broker" {
			return nil, fmt.Errorf("java.lang.IllegalArgumentException: Broker %d does not exist", id)
		}
	}
	if t.endpoint == "add_broker" {
		return toAdd(partitions, brokers, ids), nil
	}
	moves, err := toRemove(partitions, brokers, ids)
	if err != nil {
		return nil, fmt.Errorf("com.linkedin.kafka.cruisecontrol.exception.OptimizationFailureException: %w", err)
	}
	return moves, nil
}

func ongoing(what string) error {
	return fmt.Errorf("com.linkedin.kafka.cruisecontrol.exception.OngoingExecutionException: %s", what)
}

// ended notes the end of the execution.
func (m *memory) ended(t *task, status string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.executing, t.status = nil, status
	ids, _ := brokerIDs(t.parameters["brokerid"])
	switch {
	case status != completed:
	case t.endpoint == "remove_broker":
		m.removed = slices.Compact(slices.Sorted(slices.Values(append(m.removed, ids...))))
	case t.endpoint == "add_broker":
		m.removed = slices.DeleteFunc(m.removed, func(id int32) bool { return slices.Contains(ids, id) })
	}
}

// brokerIDs reads a list such as "3,4".
func brokerIDs(list string) (ids []int32, err error) {
	for text := range strings.SplitSeq(list, ",") {
		id, err := strconv.ParseInt(text, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("brokerid=%s: %w", list, err)
		}
		ids = append(ids, int32(id))
	}
	return ids, nil
}

// pause waits; false says that the context has ended.
func pause(ctx context.Context, long time.Duration) bool {
	select {
	case <-time.After(long):
		return true
	case <-ctx.Done():
		return false
	}
}

// newID is a random UUID, version 4.
func newID() string {
	id := make([]byte, 16)
	_, _ = rand.Read(id) // never fails
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}
