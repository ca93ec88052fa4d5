package brokers

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// newCluster returns three live brokers with one partition on all of them.
func newCluster(t *testing.T, minISR int) (*Cluster, *Partition, func(live ...int32)) {
	t.Helper()
	c := New(Options{}).cluster("n/demo")
	c.leader = 0
	for id := range int32(3) {
		c.live[id], c.dirs[id] = true, []logDir{{"/kafka-logs/kafka", "disk"}}
	}
	if err := c.CreateTopic("orders", 1, 3, minISR); err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	return c, c.partitions[0], func(live ...int32) {
		c.live = map[int32]bool{}
		for _, id := range live {
			c.live[id] = true
		}
		for range 10 {
			now = now.Add(time.Second)
			c.replicate(now)
		}
	}
}

func TestISRShrinksAndGrows(t *testing.T) {
	c, p, run := newCluster(t, 2)
	run(0, 1, 2)
	run(1, 2)
	if diff := cmp.Diff([]int32{1, 2}, p.ISR); diff != "" || p.Leader != 1 {
		t.Errorf("without broker 0: leader %d, ISR -want +got:\n%s", p.Leader, diff)
	}
	run(0, 1, 2)
	if diff := cmp.Diff([]int32{0, 1, 2}, p.ISR); diff != "" || p.Leader != 1 {
		t.Errorf("with broker 0 again: leader %d, ISR -want +got:\n%s", p.Leader, diff)
	}
	if p.Acknowledged == 0 || c.Lost() != "" {
		t.Errorf("%d records were acknowledged; lost: %q", p.Acknowledged, c.Lost())
	}
}

func TestNothingIsAcknowledgedBelowMinISR(t *testing.T) {
	c, p, run := newCluster(t, 2)
	run(0, 1, 2)
	run(0)
	before := p.Acknowledged
	run(0)
	if p.Acknowledged != before {
		t.Errorf("%d records were acknowledged with ISR %v", p.Acknowledged-before, p.ISR)
	}
	run()
	if p.Leader != -1 || len(p.ISR) != 1 {
		t.Errorf("with no broker left: leader %d, ISR %v; the last one stays in it", p.Leader, p.ISR)
	}
	run(1, 2)
	if p.Leader != -1 {
		t.Errorf("broker %d leads and was not in sync", p.Leader)
	}
	run(0, 1, 2)
	if p.Leader != 0 || c.Lost() != "" {
		t.Errorf("leader %d, lost: %q", p.Leader, c.Lost())
	}
}

func TestLostDisksLoseRecords(t *testing.T) {
	c, _, run := newCluster(t, 1)
	run(0, 1, 2)
	run(0)
	run()
	c.dirs[0] = []logDir{{"/kafka-logs/kafka", "another disk"}}
	run(0)
	if c.Lost() == "" {
		t.Error("the last replica in sync came back without its disk, and nobody noticed")
	}
}
