package cruisecontrol

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"
)

const (
	// progress is how often Kafka is asked how far a move is.
	progress = 200 * time.Millisecond
	// patience bounds how long Kafka may refuse what is asked of it.
	patience = 30 * time.Second
)

// execute carries a proposal out. Kafka itself says what is moved and what has been: a task is done when it lists no
// reassignment any more. An execution that the end of the context interrupts leaves all as it is, as a crash does:
// Kafka goes on with the partitions that it was told to move, and stays throttled.
func (m *memory) execute(ctx context.Context, t *task) {
	m.mu.Lock()
	t.status = inExecution
	m.mu.Unlock()
	_, brokers, err := m.kafka.partitions(ctx)
	topics := topicsOf(t.moves)
	if rate := t.parameters["replication_throttle"]; rate != "" && err == nil {
		err = m.kafka.throttle(ctx, brokers, topics, rate)
	}
	whole := false
	if err == nil {
		whole, err = m.move(ctx, t)
	}
	if ctx.Err() != nil {
		return
	}
	err = errors.Join(err, m.kafka.unthrottle(ctx, brokers, topics))
	if err != nil || !whole {
		m.ended(t, completedWithError)
		return
	}
	m.ended(t, completed)
}

// move has the partitions moved, so many at a time. whole says that all were: the execution was not stopped.
func (m *memory) move(ctx context.Context, t *task) (whole bool, err error) {
	e := execution{memory: m, task: t, left: t.moves}
	for answered := time.Now(); ; {
		done, err := e.step(ctx)
		switch {
		case done:
			return len(e.left) == 0, nil
		case err == nil:
			answered = time.Now()
		case time.Since(answered) > patience:
			return false, err
		}
		if !pause(ctx, progress) {
			return false, ctx.Err()
		}
	}
}

// execution is how far a task is: what Kafka was not told yet, and whether it is stopped.
type execution struct {
	*memory
	task    *task
	left    []partition
	stopped bool
}

// step sees how far Kafka is, and tells it what comes next.
func (e *execution) step(ctx context.Context) (done bool, err error) {
	moving, err := e.kafka.reassigning(ctx)
	if err != nil {
		return false, err
	}
	e.stopped = e.note(len(e.task.moves)-len(e.left)-len(moving)) || e.stopped
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if len(moving) == 0 && (len(e.left) == 0 || e.stopped) {
		return true, nil
	}
	next, rest := batch(moving, e.left, e.task.atOnce(), e.stopped)
	if len(next) == 0 {
		return false, nil
	}
	if err := e.kafka.reassign(ctx, next); err != nil {
		return false, err // and it is told again
	}
	e.left = rest
	return false, nil
}

// batch is what Kafka is told next, and what is left: as much as may be moved at once, or, once the execution is to be
// stopped, that what is moved goes back.
func batch(moving, left []partition, atOnce int, stop bool) (next, rest []partition) {
	if stop {
		for _, p := range moving {
			next = append(next, partition{topic: p.topic, number: p.number})
		}
		return next, left
	}
	more := max(0, min(atOnce-len(moving), len(left)))
	return left[:more], left[more:]
}

// note notes how many moves are done, and says whether the execution is to be stopped. It may be the time to crash.
func (m *memory) note(done int) (stop bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.done = max(0, done)
	if m.crashAt > 0 && done >= m.crashAt && done < len(m.executing.moves) {
		m.crash()
	}
	return m.stop
}

// atOnce is how many partitions are moved at a time. Cruise Control counts for each broker, here it is for all.
// Source: Cruise Control, num.concurrent.partition.movements.per.broker.
func (t *task) atOnce() int {
	if n, err := strconv.Atoi(t.parameters["concurrent_partition_movements_per_broker"]); err == nil {
		return n
	}
	return 5
}

func topicsOf(moves []partition) (topics []string) {
	for _, move := range moves {
		topics = append(topics, move.topic)
	}
	slices.Sort(topics)
	return slices.Compact(topics)
}
