package roll

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kompositor/kompositor/e2e/kafka"
	"github.com/kompositor/kompositor/e2e/live"
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
	before := len(c.Restarts)
	c.awaitCondition("UpgradeComplete", metav1.ConditionFalse, "it is raised to that at")
	c.Change("metadataVersion: {delay: 0s}")
	c.awaitCondition("UpgradeComplete", metav1.ConditionTrue, metadataVersion)
	c.Change("clusterImage: " + live.Image(kafka.Kafka3))
	c.awaitCondition("UpgradeComplete", metav1.ConditionFalse, "Kafka "+kafka.Kafka3+" supports metadata.version up to 21")
	c.Change("clusterImage: " + live.Image(kafka.Kafka4))
	c.CallUntil("the cluster to be as asked again", live.Patience, c.NotSettled)
	if len(c.Restarts) != before {
		c.T.Errorf("let go: %v", c.Restarts[before:])
	}
}

// changesVoters adds a fourth controller, and takes the first one out, which may lead the quorum.
func (c *kafkaCluster) changesVoters() {
	c.Change(nodes(0, 1, 2, 3))
	c.CallUntil("the fourth controller to vote", live.Patience, func() string { return c.notVoters(0, 1, 2, 3) })
	c.Leaves = "large-0"
	c.Change(nodes(1, 2, 3))
	c.CallUntil("the first controller to be gone", live.Patience, func() string { return c.notVoters(1, 2, 3) })
	live.Until(c.T, "its Pod to be gone", func() string {
		return live.MissingUnless(c.Node.Pod(c.Leaves) == nil, "it is there")
	})
	c.Leaves = ""
}

// losesDisk takes the Pod and the disk of a controller away: it comes back as another voter of the same id. Then the
// cluster is what it was.
func (c *kafkaCluster) losesDisk() {
	c.Leaves = "large-3"
	run.Kubectl(c.T, "", "-n", c.Key.Namespace, "delete", "persistentvolumeclaim", "-l", "brokerId=3", "--wait=false")
	run.Kubectl(c.T, "", "-n", c.Key.Namespace, "delete", "pod", "large-3")
	c.CallUntil("the controller to be missed", live.Patience, func() string {
		return live.MissingUnless(c.NotReady() != "", "the cluster is said to be ready")
	})
	c.CallUntil("the controller to vote with its new disk", live.Patience, func() string { return c.notVoters(1, 2, 3) })
	c.Change(nodes(0, 1, 2, 3))
	c.CallUntil("the first controller to be back", live.Patience, func() string { return c.notVoters(0, 1, 2, 3) })
	c.Change(nodes(0, 1, 2))
	c.CallUntil("the fourth controller to be gone", live.Patience, func() string { return c.notVoters(0, 1, 2) })
	c.Leaves = ""
}

// awaitCondition waits for a condition with a text in its message.
func (c *kafkaCluster) awaitCondition(kind string, status metav1.ConditionStatus, says string) {
	c.T.Helper()
	c.CallUntil(kind+" to say "+says, live.Patience, func() string {
		found := c.Condition(kind)
		if found == nil {
			return "there is no such condition of this generation"
		}
		return live.MissingUnless(found.Status == status && strings.Contains(found.Message, says), found.Message)
	})
	c.T.Logf("%s: %s", kind, c.Condition(kind).Message)
}

// notVoters says what is missing until the cluster is settled and these are the voters, in the status as in Kafka.
func (c *kafkaCluster) notVoters(ids ...int32) string {
	if missing := c.NotSettled(); missing != "" {
		return missing
	}
	raw, err := json.Marshal(c.Read().Object["status"])
	if err != nil {
		return err.Error()
	}
	var status struct{ KRaft struct{ Voters []int32 } }
	if err := json.Unmarshal(raw, &status); err != nil {
		return err.Error()
	}
	voters := status.KRaft.Voters
	return live.MissingUnless(slices.Equal(voters, ids), fmt.Sprintf("the voters are %v", voters))
}
