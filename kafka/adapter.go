package kafka

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/sourcegraph/conc"

	"github.com/kompositor/kompositor/sync"
)

// Options shape an Adapter. The zero value is usable.
type Options struct {
	// MaxClusters bounds how many clusters are kept connected; the one that was used longest ago is closed first.
	// Default 256.
	MaxClusters int
	// IdleAfter is how long a cluster's connections are kept without use. Default 5 minutes.
	IdleAfter time.Duration
	// Registerer takes the metrics; nil keeps none.
	Registerer prometheus.Registerer
}

// Adapter answers questions about Kafka clusters.
type Adapter struct {
	pool    *pool
	metrics *metrics
}

// New makes an Adapter. Close ends it.
func New(options Options) *Adapter {
	if options.MaxClusters <= 0 {
		options.MaxClusters = 256
	}
	if options.IdleAfter <= 0 {
		options.IdleAfter = 5 * time.Minute
	}
	m := newMetrics(options.Registerer)
	return &Adapter{metrics: m, pool: newPool(options.MaxClusters, options.IdleAfter, m)}
}

// Close closes all connections. It never fails.
func (a *Adapter) Close() error {
	a.pool.close()
	return nil
}

// Name says which commands this adapter performs.
func (a *Adapter) Name() sync.Adapter { return sync.AdapterKafka }

// Answer asks one cluster what is asked of it, in parallel. What is late when the context ends stays unknown.
func (a *Adapter) Answer(ctx context.Context, questions sync.Questions) sync.Facts {
	asked := questions.Kafka
	if asked == nil {
		return sync.Facts{}
	}
	client, err := a.pool.get(&asked.Connection)
	if err != nil {
		return questions.Unanswered(sync.AdapterKafka, err.Error())
	}
	defer client.release()
	ctx, cancel := bounded(ctx)
	defer cancel()
	if err := client.reach(ctx); err != nil {
		return questions.Unanswered(sync.AdapterKafka, client.reasonAt(ctx, anyBroker, err))
	}
	return sync.Facts{Kafka: a.answer(ctx, client, asked)}
}

// answer asks what is asked for, in parallel, and nothing else.
func (a *Adapter) answer(ctx context.Context, c *client, asked *sync.KafkaQuestions) sync.KafkaFacts {
	var facts sync.KafkaFacts
	var all conc.WaitGroup // a bug in one of them reaches our caller instead of ending the process
	if asked.Cluster {
		all.Go(func() { facts.Cluster = ask(ctx, a, c, "cluster", c.cluster) })
	}
	if asked.Quorum {
		all.Go(func() { facts.Quorum = ask(ctx, a, c, "quorum", c.quorum) })
	}
	if asked.Partitions {
		all.Go(func() { facts.Partitions = ask(ctx, a, c, "partitions", c.partitions) })
	}
	if asked.Reassignments {
		all.Go(func() { facts.Reassignments = ask(ctx, a, c, "reassignments", c.reassignments) })
	}
	if len(asked.LogDirs) > 0 {
		all.Go(func() { facts.LogDirs = ask(ctx, a, c, "logDirs", about(c.logDirs, asked.LogDirs)) })
	}
	if len(asked.Configs) > 0 {
		all.Go(func() { facts.Configs = ask(ctx, a, c, "configs", about(c.configs, asked.Configs)) })
	}
	if asked.Features {
		all.Go(func() { facts.Features = ask(ctx, a, c, "features", c.features) })
	}
	if asked.Topic != "" {
		all.Go(func() { facts.Topic = ask(ctx, a, c, "topic", about(c.topic, asked.Topic)) })
	}
	if asked.User != nil {
		all.Go(func() { facts.User = ask(ctx, a, c, "user", about(c.user, *asked.User)) })
	}
	all.Wait()
	return facts
}

// about makes a question of one that is about something.
func about[Q, T any](read func(context.Context, Q) (T, error), what Q) func(context.Context) (T, error) {
	return func(ctx context.Context) (T, error) { return read(ctx, what) }
}

// budget is what a call may take when its caller sets no deadline.
const budget = 3 * time.Second

// bounded gives every call a deadline.
func bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if _, ok := ctx.Deadline(); ok {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, budget)
}

// ask turns the answer to one question into a fact.
func ask[T any](
	ctx context.Context, a *Adapter, client *client, question string, read func(context.Context) (T, error),
) sync.Fact[T] {
	begin := time.Now()
	value, err := read(ctx)
	a.metrics.observe(question, time.Since(begin), err)
	if err != nil {
		return sync.UnknownFact[T](client.reasonAt(ctx, anyBroker, err))
	}
	return sync.Known(value)
}
