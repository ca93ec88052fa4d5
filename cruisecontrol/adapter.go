package cruisecontrol

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/sourcegraph/conc"

	"github.com/kompositor/kompositor/sync"
)

// Options shape an Adapter. The zero value is usable.
type Options struct {
	// Registerer takes the metrics; nil keeps none.
	Registerer prometheus.Registerer
}

// Adapter speaks to Cruise Controls.
type Adapter struct {
	clients clients
	metrics *metrics
}

// New makes an Adapter. It dials nobody before it is asked something.
func New(options Options) *Adapter { return &Adapter{metrics: newMetrics(options.Registerer)} }

// Close closes idle connections. It never fails.
func (a *Adapter) Close() error {
	a.clients.mutex.Lock()
	defer a.clients.mutex.Unlock()
	a.clients.drop()
	return nil
}

// Name says which commands this adapter performs.
func (a *Adapter) Name() sync.Adapter { return sync.AdapterCruiseControl }

// Answer asks one Cruise Control what is asked of it, in parallel. What is late when the context ends stays unknown.
func (a *Adapter) Answer(ctx context.Context, questions sync.Questions) sync.Facts {
	asked := questions.CruiseControl
	if asked == nil {
		return sync.Facts{}
	}
	c, err := a.clients.of(&asked.Connection)
	if err != nil {
		return questions.Unanswered(sync.AdapterCruiseControl, err.Error())
	}
	var facts sync.CruiseControlFacts
	r := &round{metrics: a.metrics}
	var all conc.WaitGroup // a bug in one of them reaches our caller instead of ending the process
	if asked.State {
		all.Go(func() {
			facts.State = ask(ctx, r, "state", func(ctx context.Context) (sync.CruiseControlState, error) {
				return c.state(ctx, asked.Goals)
			})
		})
	}
	if asked.Tasks {
		all.Go(func() {
			facts.Tasks = ask(ctx, r, "user_tasks", func(ctx context.Context) ([]sync.UserTask, error) {
				return c.tasks(ctx, asked.Answers)
			})
		})
	}
	if asked.Brokers {
		all.Go(func() { facts.Brokers = ask(ctx, r, "kafka_cluster_state", c.brokers) })
	}
	if asked.Load {
		all.Go(func() { facts.Load = ask(ctx, r, "load", c.load) })
	}
	all.Wait()
	facts.AtCapacity = r.atCapacity.Load()
	return sync.Facts{CruiseControl: facts}
}

// round is what is asked of one Cruise Control together.
type round struct {
	metrics *metrics
	// atCapacity says that something was not answered because it has as many tasks as it takes.
	atCapacity atomic.Bool
}

// ask turns the answer to one question into a fact.
func ask[T any](ctx context.Context, r *round, question string, read func(context.Context) (T, error)) sync.Fact[T] {
	begin := time.Now()
	value, err := read(ctx)
	r.metrics.observe(question, time.Since(begin), err)
	if err != nil {
		if failure, ok := errors.AsType[*sync.FailureError](err); ok && failure.Failure == sync.FailureAtCapacity {
			r.atCapacity.Store(true)
		}
		return sync.UnknownFact[T](err.Error())
	}
	return sync.Known(value)
}
