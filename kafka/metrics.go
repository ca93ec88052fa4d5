package kafka

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics count what is asked of Kafka. Their labels are bounded: no cluster names.
type metrics struct {
	questions *prometheus.HistogramVec
	pooled    prometheus.Gauge
}

func newMetrics(registerer prometheus.Registerer) *metrics {
	m := &metrics{
		questions: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "kompositor_kafka_question_seconds",
			Help:    "How long Kafka took to answer, by question and outcome.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2, 3},
		}, []string{"question", "outcome"}),
		pooled: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "kompositor_kafka_clients", Help: "Kafka clusters that are kept connected.",
		}),
	}
	if registerer != nil {
		registerer.MustRegister(m.questions, m.pooled)
	}
	return m
}

func (m *metrics) observe(question string, took time.Duration, err error) {
	outcome := "answered"
	if err != nil {
		outcome = "unknown"
	}
	m.questions.WithLabelValues(question, outcome).Observe(took.Seconds())
}

func (m *metrics) clients(n int) { m.pooled.Set(float64(n)) }
