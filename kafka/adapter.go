package kafka

import (
	"context"
	gosync "sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

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
	if err := client.reach(ctx); err != nil {
		return questions.Unanswered(sync.AdapterKafka, reason(ctx, asked.Connection.Bootstrap, err))
	}
	var facts sync.KafkaFacts
	var all gosync.WaitGroup
	if asked.Cluster {
		all.Go(func() { facts.Cluster = ask(ctx, a, client, "cluster", client.cluster) })
	}
	if asked.Quorum {
		all.Go(func() { facts.Quorum = ask(ctx, a, client, "quorum", client.quorum) })
	}
	if asked.Partitions {
		all.Go(func() { facts.Partitions = ask(ctx, a, client, "partitions", client.partitions) })
	}
	all.Wait()
	return sync.Facts{Kafka: facts}
}

// ask turns the answer to one question into a fact.
func ask[T any](
	ctx context.Context, a *Adapter, client *client, question string, read func(context.Context) (T, error),
) sync.Fact[T] {
	begin := time.Now()
	value, err := read(ctx)
	a.metrics.observe(question, time.Since(begin), err)
	if err != nil {
		return sync.UnknownFact[T](reason(ctx, client.bootstrap, err))
	}
	return sync.Known(value)
}
