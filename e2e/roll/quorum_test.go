package roll

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kompositor/kompositor/e2e/kafka"
)

// metadataVersion is the level that Kafka4 brings, as the condition names it.
const metadataVersion = "33 (4.4-IV2)"

// The nodes of the sample in words of the spec, with the controllers as they are to be.
func nodes(controllers ...int) string {
	var text strings.Builder
	text.WriteString("brokers:\n")
	for _, id := range controllers {
		fmt.Fprintf(&text, "- {id: %d, brokerConfigGroup: controller}\n", id)
	}
	for _, id := range []int{100, 101, 102} {
		fmt.Fprintf(&text, "- {id: %d, brokerConfigGroup: broker}\n", id)
	}
	return text.String()
}

// raisesVersion lets the metadata.version rise, and then asks for the image before, which can not read it any more:
// that touches nothing.
func (c *kafkaCluster) raisesVersion() {
	before := len(c.restarts)
	c.awaitCondition("UpgradeComplete", metav1.ConditionFalse, "it is raised to that at")
	c.change("metadataVersion: {delay: 0s}")
	c.awaitCondition("UpgradeComplete", metav1.ConditionTrue, metadataVersion)
	c.change("clusterImage: " + image(kafka.Kafka3))
	c.awaitCondition("UpgradeComplete", metav1.ConditionFalse, "Kafka "+kafka.Kafka3+" supports metadata.version up to 21")
	c.change("clusterImage: " + image(kafka.Kafka4))
	c.callUntil("the cluster to be as asked again", patience, c.notSettled)
	if len(c.restarts) != before {
		c.t.Errorf("let go: %v", c.restarts[before:])
	}
}

// changesVoters adds a fourth controller, and takes the first one out, which may lead the quorum.
func (c *kafkaCluster) changesVoters() {
	c.change(nodes(0, 1, 2, 3))
	c.callUntil("the fourth controller to vote", patience, func() string { return c.notVoters(0, 1, 2, 3) })
	c.leaves = "large-0"
	c.change(nodes(1, 2, 3))
	c.callUntil("the first controller to be gone", patience, func() string { return c.notVoters(1, 2, 3) })
	until(c.t, "its Pod to be gone", func() string { return missingUnless(c.node.Pod(c.leaves) == nil, "it is there") })
	c.leaves = ""
}

// losesDisk takes the Pod and the disk of a controller away: it comes back as another voter of the same id. Then the
// cluster is what it was.
func (c *kafkaCluster) losesDisk() {
	c.leaves = "large-3"
	kubectl(c.t, "", "-n", c.key.Namespace, "delete", "persistentvolumeclaim", "-l", "brokerId=3", "--wait=false")
	kubectl(c.t, "", "-n", c.key.Namespace, "delete", "pod", "large-3")
	c.callUntil("the controller to be missed", patience, func() string {
		return missingUnless(c.notReady() != "", "the cluster is said to be ready")
	})
	c.callUntil("the controller to vote with its new disk", patience, func() string { return c.notVoters(1, 2, 3) })
	c.change(nodes(0, 1, 2, 3))
	c.callUntil("the first controller to be back", patience, func() string { return c.notVoters(0, 1, 2, 3) })
	c.change(nodes(0, 1, 2))
	c.callUntil("the fourth controller to be gone", patience, func() string { return c.notVoters(0, 1, 2) })
	c.leaves = ""
}

// awaitCondition waits for a condition with a text in its message.
func (c *kafkaCluster) awaitCondition(kind string, status metav1.ConditionStatus, says string) {
	c.t.Helper()
	c.callUntil(kind+" to say "+says, patience, func() string {
		found := c.condition(kind)
		if found == nil {
			return "there is no such condition of this generation"
		}
		return missingUnless(found.Status == status && strings.Contains(found.Message, says), found.Message)
	})
	c.t.Logf("%s: %s", kind, c.condition(kind).Message)
}

// notVoters says what is missing until the cluster is settled and these are the voters, in the status as in Kafka.
func (c *kafkaCluster) notVoters(ids ...int32) string {
	if missing := c.notSettled(); missing != "" {
		return missing
	}
	raw, err := json.Marshal(c.read().Object["status"])
	if err != nil {
		return err.Error()
	}
	var status struct{ KRaft struct{ Voters []int32 } }
	if err := json.Unmarshal(raw, &status); err != nil {
		return err.Error()
	}
	return missingUnless(slices.Equal(status.KRaft.Voters, ids), fmt.Sprintf("the voters are %v", status.KRaft.Voters))
}
