package live

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// Measured is what one part of a test has shown.
type Measured struct {
	Name     string
	Took     time.Duration
	Restarts int
	Calls    int
	count
	Samples
}

// Measure makes a change and waits for its end while traffic flows, and fails if a record is lost.
func (c *Cluster) Measure(name string, story func()) Measured {
	c.T.Helper()
	calls, restarts := c.Calls, len(c.Restarts)
	acked, duplicates := c.Traffic.begin()
	c.Sampler.begin()
	began := time.Now()
	story()
	m := Measured{Name: name, Took: time.Since(began), Samples: c.Sampler.Count()}
	m.count = c.Traffic.settle(acked, duplicates)
	m.Calls, m.Restarts = c.Calls-calls, len(c.Restarts)-restarts
	c.T.Logf("restarted: %s; the longest wait for an ack, %.1f s, was of %s",
		strings.Join(c.Restarts[restarts:], " "), m.LongestWait.Seconds(), m.waited)
	if m.Lost > 0 || m.Acked == 0 {
		c.T.Errorf("of %d acknowledged records %d can not be read", m.Acked, m.Lost)
	}
	return m
}

// Table logs the parts of a test as a table for docs.
func Table(t *testing.T, all []Measured) {
	t.Helper()
	var text strings.Builder
	text.WriteString("| Run | Duration | Restarts | Hook calls | Acked | Lost | Twice | Longest wait for an ack | " +
		"Lowest ISR | Longest without leader | Samples (longest gap) |\n")
	text.WriteString("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n")
	for i := range all {
		m := &all[i]
		fmt.Fprintf(&text, "| %s | %.0f s | %d | %d | %d | %d | %d | %.1f s | %d | %.1f s | %d (%.1f s) |\n",
			m.Name, m.Took.Seconds(), m.Restarts, m.Calls, m.Acked, m.Lost, m.Duplicates, m.LongestWait.Seconds(),
			m.LowestISR, m.LongestLeaderless.Seconds(), m.Answers, m.LongestGap.Seconds())
	}
	t.Log("\n" + text.String())
}
