package kafka

import (
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kompositor/kompositor/sync"
)

func TestPoolKeepsAndBoundsClients(t *testing.T) {
	p := newPool(2, time.Minute, newMetrics(nil))
	t.Cleanup(p.close)
	take := func(cluster, secret string) *client {
		t.Helper()
		connection := plaintext("127.0.0.1:1")
		connection.Cluster, connection.Key = cluster, sync.Confidential(secret)
		c, err := p.get(&connection)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	first := take("a", "")
	again := take("a", "")
	if first.narrow != again.narrow {
		t.Error("the same cluster and credential made two clients")
	}
	first.release()
	again.release()
	renewed := take("a", "renewed")
	if renewed.narrow == first.narrow {
		t.Error("a renewed credential was ignored")
	}
	take("b", "") // in use, like renewed: only the first one may go
	if len(p.entries) != 2 {
		t.Errorf("%d clients are kept, want 2", len(p.entries))
	}
	take("c", "")
	if len(p.entries) != 3 {
		t.Errorf("%d clients are kept, want 3: those in use are not closed", len(p.entries))
	}
}

// Connections are closed though nobody asks for anything any more.
func TestPoolClosesWhatIsIdle(t *testing.T) {
	registry := prometheus.NewRegistry()
	p := newPool(2, 10*time.Millisecond, newMetrics(registry))
	t.Cleanup(p.close)
	connection := plaintext("127.0.0.1:1")
	c, err := p.get(&connection)
	if err != nil {
		t.Fatal(err)
	}
	kept := func() int {
		p.mutex.Lock()
		defer p.mutex.Unlock()
		return len(p.entries)
	}
	if kept() != 1 || metric(t, registry, "kompositor_kafka_clients") != 1 {
		t.Error("a client in use is not kept")
	}
	c.release()
	until(t, "the idle client to be closed", func() bool { return kept() == 0 })
	p.closing.Wait()
	if got := metric(t, registry, "kompositor_kafka_clients"); got != 0 {
		t.Errorf("%v clients are counted", got)
	}
	if err := c.reach(t.Context()); err == nil {
		t.Error("a closed client answers")
	}
	p.close()
	if _, err := p.get(&connection); err == nil {
		t.Error("a closed pool opens connections")
	}
}

// metric is the value of a gauge, or how many observations a histogram has in all.
func metric(t *testing.T, registry *prometheus.Registry, name string) float64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		if family.GetName() != name {
			continue
		}
		sum := 0.0
		for _, one := range family.GetMetric() {
			sum += one.GetGauge().GetValue() + float64(one.GetHistogram().GetSampleCount())
		}
		return sum
	}
	t.Fatalf("there is no metric %s", name)
	return 0
}
