package kafka_test

import (
	"syscall"
	"testing"

	"github.com/kompositor/kompositor/e2e/kafka"
)

// Three nodes that are broker and controller at once form a cluster. One leaves in order while records go in, comes
// back to its disk, and crashes: nothing that was acknowledged is lost.
func TestCombined(t *testing.T) {
	c := newCluster(t, parts{sample: "kafkacluster-kraft-combined.yaml", version: kafka.Kafka3})
	l := newLedger(c, nil)
	l.produce(records, nil)
	l.check()

	const name = "small-0"
	l.produce(records, func() { c.stop(name) })
	c.says(name, "controlled shutdown")
	l.check()

	c.run(name)
	c.ready(name)
	c.says(name, "already formatted")
	l.inSync(3)

	c.running[name].Signal("kafka", syscall.SIGKILL)
	until(t, name+" to be restarted in its place", func() bool {
		status := c.running[name].Status().ContainerStatuses[0]
		return status.RestartCount == 1 && status.Ready
	})
	l.inSync(3)
	l.check()
}

// Controllers and brokers on nodes of their own form a cluster, and go on without one of each.
func TestSeparate(t *testing.T) {
	c := newCluster(t, parts{sample: "kafkacluster-kraft-separate.yaml", version: kafka.Kafka4})
	l := newLedger(c, nil)
	l.produce(records, nil)
	l.check()
	l.produce(records, func() {
		c.stop("large-100")
		c.stop("large-0")
	})
	c.says("large-100", "controlled shutdown")
	l.check()
}
