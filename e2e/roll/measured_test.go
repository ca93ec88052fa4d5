package roll

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// measured is what one run of the table has shown.
type measured struct {
	name     string
	took     time.Duration
	restarts int
	calls    int
	count
	samples
}

// run makes a change and waits for its end while traffic flows, and fails if a record is lost.
func (c *kafkaCluster) run(name string, story func()) measured {
	c.t.Helper()
	calls, restarts := c.calls, len(c.restarts)
	acked, duplicates := c.traffic.begin()
	c.sampler.begin()
	began := time.Now()
	story()
	m := measured{name: name, took: time.Since(began), samples: c.sampler.count()}
	m.count = c.traffic.settle(acked, duplicates)
	m.calls, m.restarts = c.calls-calls, len(c.restarts)-restarts
	c.t.Logf("restarted: %s; the longest wait for an ack, %.1f s, was of %s",
		strings.Join(c.restarts[restarts:], " "), m.longestWait.Seconds(), m.waited)
	if m.lost > 0 || m.acked == 0 {
		c.t.Errorf("of %d acknowledged records %d can not be read", m.acked, m.lost)
	}
	return m
}

// table is the table of docs/rolling.md.
func table(t *testing.T, all []measured) {
	t.Helper()
	var text strings.Builder
	text.WriteString("| Run | Duration | Restarts | Hook calls | Acked | Lost | Twice | Longest wait for an ack | " +
		"Lowest ISR | Longest without leader | Samples (longest gap) |\n")
	text.WriteString("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n")
	for i := range all {
		m := &all[i]
		fmt.Fprintf(&text, "| %s | %.0f s | %d | %d | %d | %d | %d | %.1f s | %d | %.1f s | %d (%.1f s) |\n",
			m.name, m.took.Seconds(), m.restarts, m.calls, m.acked, m.lost, m.duplicates, m.longestWait.Seconds(),
			m.lowestISR, m.longestLeaderless.Seconds(), m.answers, m.longestGap.Seconds())
	}
	t.Log("\n" + text.String())
}
