package roll

import (
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kompositor/kompositor/e2e/live"
)

// dynamicChange sets a key for all brokers and one for the group of brokers, and drops both again. Nothing restarts.
func (c *kafkaCluster) dynamicChange() {
	const retention, threads = "log.retention.ms", "num.io.threads"
	before, retentionBefore, threadsBefore := len(c.Restarts), c.config("100", retention), c.config("100", threads)
	c.Change(`
clusterWideConfig: |
  log.retention.ms=259200000
brokerConfigGroups: {broker: {config: "num.io.threads=9"}}
`)
	c.configInSync()
	c.hasDynamic(retention, "259200000")
	c.hasDynamic(threads, "9")
	c.Change(`
clusterWideConfig: null
brokerConfigGroups: {broker: {config: null}}
`)
	c.configInSync()
	c.hasDynamic(retention, retentionBefore)
	c.hasDynamic(threads, threadsBefore)
	if len(c.Restarts) != before {
		c.T.Errorf("let go: %v", c.Restarts[before:])
	}
}

func (c *kafkaCluster) configInSync() {
	c.T.Helper()
	c.CallUntil("the configuration to be in force", live.Patience, func() string {
		found := c.Condition("ConfigInSync")
		switch {
		case found == nil:
			return "there is no such condition of this generation"
		case found.Status != metav1.ConditionTrue || found.Reason != "AsExpected":
			return found.Reason + ": " + found.Message
		}
		return c.NotSettled()
	})
}

// hasDynamic checks what is in force at every broker, as each says itself.
func (c *kafkaCluster) hasDynamic(key, value string) {
	c.T.Helper()
	for _, name := range brokers {
		if inForce := c.config(strings.TrimPrefix(name, "large-"), key); inForce != value {
			c.T.Errorf("%s of %s is %q, not %q", key, name, inForce, value)
		}
	}
}
