package cruisecontrol

import (
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kompositor/kompositor/sync"
)

// metrics count what is asked of Cruise Control. Their labels are bounded: no cluster names.
type metrics struct {
	calls *prometheus.HistogramVec
}

func newMetrics(registerer prometheus.Registerer) *metrics {
	m := &metrics{calls: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "kompositor_cruisecontrol_call_seconds",
		Help:    "How long Cruise Control took, by question or command and outcome.",
		Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2, 3},
	}, []string{"call", "outcome"})}
	if registerer != nil {
		registerer.MustRegister(m.calls)
	}
	return m
}

func (m *metrics) observe(call string, took time.Duration, err error) {
	outcome := "answered"
	if failure, ok := errors.AsType[*sync.FailureError](err); ok && failure.Failure != sync.FailureUnanswered {
		outcome = "refused"
		if failure.Failure == sync.FailureOngoing || failure.Failure == sync.FailureAtCapacity {
			outcome = "busy"
		}
	} else if err != nil {
		outcome = "unreachable"
	}
	m.calls.WithLabelValues(call, outcome).Observe(took.Seconds())
}
