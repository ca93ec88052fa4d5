package kafka

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kompositor/kompositor/sync"
)

// metrics count what is asked of Kafka. Their labels are bounded: no cluster names.
type metrics struct {
	questions *prometheus.HistogramVec
	commands  *prometheus.HistogramVec
	pooled    prometheus.Gauge
}

func newMetrics(registerer prometheus.Registerer) *metrics {
	m := &metrics{
		questions: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "kompositor_kafka_question_seconds",
			Help:    "How long Kafka took to answer, by question and outcome.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2, 3},
		}, []string{"question", "outcome"}),
		commands: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "kompositor_kafka_command_seconds",
			Help:    "How long Kafka took to carry out a command, by its kind and outcome.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2, 3},
		}, []string{"command", "outcome"}),
		pooled: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "kompositor_kafka_clients", Help: "Kafka clusters that are kept connected.",
		}),
	}
	if registerer != nil {
		registerer.MustRegister(m.questions, m.commands, m.pooled)
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

// performed counts a command: done, refused by Kafka or by us, not sent, or sent and not confirmed.
func (m *metrics) performed(command sync.Command, took time.Duration, err error) {
	outcome := "done"
	switch {
	case errors.Is(err, errUnreached):
		outcome = "unreached"
	case errors.Is(err, errUnconfirmed):
		outcome = "unconfirmed"
	case err != nil:
		outcome = "refused"
	}
	_, kind, _ := strings.Cut(fmt.Sprintf("%T", command), ".")
	m.commands.WithLabelValues(kind, outcome).Observe(took.Seconds())
}

func (m *metrics) clients(n int) { m.pooled.Set(float64(n)) }
