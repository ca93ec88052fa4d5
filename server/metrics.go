package server

import (
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kompositor/kompositor/sync"
)

// sideOutcome is how a call to the outside ended: a label of the metrics.
type sideOutcome string

const (
	sideOK       sideOutcome = "ok"
	sideLate     sideOutcome = "late"
	sidePanicked sideOutcome = "panicked"
)

// metrics are what the room counts. Every label comes from a closed set: never a name, a namespace or a path.
type metrics struct {
	inFlight      prometheus.Gauge
	panics        prometheus.Counter
	calls         *prometheus.CounterVec
	duration      *prometheus.HistogramVec
	requestBytes  *prometheus.HistogramVec
	responseBytes *prometheus.HistogramVec
	children      *prometheus.CounterVec
	reasons       *prometheus.CounterVec
	commands      *prometheus.CounterVec
	sideCalls     *prometheus.CounterVec
	sideDuration  *prometheus.HistogramVec
}

func newMetrics(registerer prometheus.Registerer) (*metrics, error) {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "kompositor", Name: name, Help: help}, labels)
	}
	histogram := func(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(
			prometheus.HistogramOpts{Namespace: "kompositor", Name: name, Help: help, Buckets: buckets}, labels)
	}
	seconds := []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}
	size := prometheus.ExponentialBuckets(1<<10, 4, 9) // 1 KiB to 64 MiB
	m := &metrics{
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Namespace: "kompositor", Name: "calls_in_flight", Help: "Hook calls that are being answered.",
		}),
		panics: prometheus.NewCounter(prometheus.CounterOpts{
			Namespace: "kompositor", Name: "panics_total", Help: "Hook calls that met a bug; the log has the stacks.",
		}),
		calls:         counter("calls_total", "Hook calls by how they ended.", "hook", "kind", "outcome"),
		duration:      histogram("call_duration_seconds", "Duration of hook calls.", seconds, "hook", "kind", "outcome"),
		requestBytes:  histogram("request_bytes", "Size of the bodies of hook calls.", size, "hook", "kind"),
		responseBytes: histogram("response_bytes", "Size of the answers to hook calls.", size, "hook", "kind"),
		children:      counter("children_total", "Children listed in answers, by their kind.", "kind", "child"),
		reasons:       counter("decisions_total", "Decisions by reason; one decision can have several.", "kind", "reason"),
		commands:      counter("commands_total", "Commands performed, by adapter and result.", "adapter", "result"),
		sideCalls:     counter("side_calls_total", "Calls of adapters, by how they ended.", "adapter", "door", "outcome"),
		sideDuration:  histogram("side_call_duration_seconds", "Duration of calls of adapters.", seconds, "adapter", "door"),
	}
	var err error
	for _, collector := range []prometheus.Collector{
		m.inFlight, m.panics, m.calls, m.duration, m.requestBytes, m.responseBytes, m.children, m.reasons, m.commands,
		m.sideCalls, m.sideDuration,
	} {
		err = errors.Join(err, registerer.Register(collector))
	}
	return m, err
}

// call counts a finished call.
func (m *metrics) call(c *call, took time.Duration) {
	kind := c.kind
	if kind == "" {
		kind = "unknown" // what the caller wrote there is no label
	}
	m.calls.WithLabelValues(c.hook, kind, string(c.outcome)).Inc()
	m.duration.WithLabelValues(c.hook, kind, string(c.outcome)).Observe(took.Seconds())
	if c.outcome != answered {
		return
	}
	m.requestBytes.WithLabelValues(c.hook, kind).Observe(float64(c.requestBytes))
	m.responseBytes.WithLabelValues(c.hook, kind).Observe(float64(c.responseBytes))
	if c.decision == nil {
		return
	}
	drawn := map[string]int{}
	for i := range c.decision.Children {
		drawn[c.decision.Children[i].Kind]++
	}
	for child, count := range drawn {
		m.children.WithLabelValues(kind, child).Add(float64(count))
	}
	for _, reason := range c.decision.Reasons {
		m.reasons.WithLabelValues(kind, string(reason)).Inc()
	}
	for _, performed := range c.outcomes {
		m.commands.WithLabelValues(string(performed.Command.To()), result(performed)).Inc()
	}
}

func result(performed sync.Outcome) string {
	if performed.Err != nil {
		return "failed"
	}
	return "done"
}

// sideCall counts a call of an adapter.
func (m *metrics) sideCall(to side, outcome sideOutcome, took time.Duration) {
	m.sideCalls.WithLabelValues(string(to.adapter), to.door, string(outcome)).Inc()
	m.sideDuration.WithLabelValues(string(to.adapter), to.door).Observe(took.Seconds())
}
