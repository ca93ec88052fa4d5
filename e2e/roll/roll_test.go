package roll

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	confluent "github.com/confluentinc/confluent-kafka-go/v2/kafka"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kompositor/kompositor/e2e/kafka"
	"github.com/kompositor/kompositor/e2e/live"
)

// The nodes of the sample: three controllers, three brokers.
var (
	controllers = []string{"large-0", "large-1", "large-2"}
	brokers     = []string{"large-100", "large-101", "large-102"}
)

// readOnly is the sample's readOnlyConfig with more keys; that ACLs are kept is one of the things only a restart
// changes.
const readOnly = `
readOnlyConfig: |
  auto.create.topics.enable=false
  default.replication.factor=3
  min.insync.replicas=2
  authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
  super.users=User:ANONYMOUS
  queued.max.requests=%d
`

// kafkaCluster is a live cluster, and what these tests do with it.
type kafkaCluster struct{ *live.Cluster }

// rollPatience bounds the roll of the whole cluster.
const rollPatience = 6 * time.Minute

// A live cluster of three controllers and three brokers is changed in every way that restarts nodes, and each run
// begins where the one before it has ended. No acknowledged record is lost, no partition falls below
// min.insync.replicas, and never is a second node down by our choice.
func TestRolls(t *testing.T) {
	c := &kafkaCluster{live.New(t, &run, live.Config{
		Sample: "kafkacluster-kraft-separate.yaml",
		// A hundred records a second show every gap, and leave the machine to the brokers.
		Load: live.Load{Every: 10 * time.Millisecond, Records: 1},
	})}
	var all []live.Measured
	step := func(name string, story func()) {
		passed := t.Run(name, func(t *testing.T) {
			c.T = t
			all = append(all, c.Measure(name, story))
		})
		if c.T = t; !passed {
			t.FailNow()
		}
	}
	step("a read-only change", func() {
		c.Change(fmt.Sprintf(readOnly, 501))
		c.rollsAll()
		for _, name := range slices.Concat(controllers, brokers) {
			c.hasConfig(name, "queued.max.requests", "501")
		}
	})
	step("a new version of Kafka", func() {
		c.Change("clusterImage: " + live.Image(kafka.Kafka4))
		c.rollsAll()
		for _, name := range slices.Concat(controllers, brokers) {
			if says := "Kafka version: " + kafka.Kafka4; !strings.Contains(c.Node.Pod(name).Log("kafka"), says) {
				t.Errorf("%s does not say %q", name, says)
			}
		}
	})
	step("the metadata.version rises", c.raisesVersion)
	step("other controllers", c.changesVoters)
	step("a controller's disk is lost", c.losesDisk)
	step("a broker is killed mid-roll", c.killedMidRoll)
	step("a bad configuration", c.badConfiguration)
	step("a dynamic change", c.dynamicChange)
	step("topics and users", c.topicsAndUsers)
	c.Traffic.End()
	live.Table(t, all)
}

// rollsAll waits until every node has restarted once.
func (c *kafkaCluster) rollsAll() {
	c.T.Helper()
	before := len(c.Restarts)
	c.CallUntil("all nodes to have restarted", rollPatience, c.NotSettled)
	c.restartedOnce(before, slices.Concat(controllers, brokers))
	if leaderless := c.Sampler.Count().LongestLeaderless; leaderless > 0 {
		c.T.Errorf("a partition had no leader for %s", leaderless)
	}
}

// restartedOnce checks that the hook let each of these go exactly once, and no other.
func (c *kafkaCluster) restartedOnce(before int, names []string) {
	c.T.Helper()
	times := map[string]int{}
	for _, name := range c.Restarts[before:] {
		times[name]++
	}
	for _, name := range names {
		if times[name] != 1 {
			c.T.Errorf("%s was let go %d times, not once", name, times[name])
		}
		delete(times, name)
	}
	for name := range times {
		c.T.Errorf("%s was let go, and had no reason to", name)
	}
}

// hasConfig checks that a node was started with a line of configuration and, if it is a broker, that this is in force.
func (c *kafkaCluster) hasConfig(name, key, value string) {
	c.T.Helper()
	line := key + "=" + value
	output, err := c.Node.Pod(name).Exec(c.T.Context(), "kafka", "grep", "--line-regexp", line, "/config/broker-config")
	if err != nil {
		c.T.Errorf("%s was not started with %s: %v: %s", name, line, err, output)
	}
	if id := strings.TrimPrefix(name, "large-"); slices.Contains(brokers, name) {
		if inForce := c.config(id, key); inForce != value {
			c.T.Errorf("%s of %s is %q, not %q", key, name, inForce, value)
		}
	}
}

// config is the value of a key that is in force at a broker.
func (c *kafkaCluster) config(broker, key string) string {
	c.T.Helper()
	return c.configOf(confluent.ConfigResource{Type: confluent.ResourceBroker, Name: broker})[key].Value
}

// configOf asks Kafka for a configuration, with a new client: one that was idle through a roll may still wait for an
// address of before.
func (c *kafkaCluster) configOf(resource confluent.ConfigResource) (config map[string]confluent.ConfigEntryResult) {
	c.T.Helper()
	admin := c.Admin()
	defer admin.Close()
	live.Until(c.T, resource.String()+" to tell its configuration", func() string {
		results, err := admin.DescribeConfigs(c.T.Context(), []confluent.ConfigResource{resource},
			confluent.SetAdminRequestTimeout(5*time.Second))
		if err != nil {
			return err.Error()
		}
		config = results[0].Config
		return live.MissingUnless(results[0].Error.Code() == confluent.ErrNoError, results[0].Error.String())
	})
	return config
}

// killedMidRoll changes the brokers only. When one of them is back and in sync, and before the hook is called again,
// another one dies; the roll waits until it is back too.
func (c *kafkaCluster) killedMidRoll() {
	before, killed := len(c.Restarts), ""
	c.BeforeCalls = func() {
		back := c.lastIsBack(before)
		if killed != "" || back == "" || len(c.Restarts)-before == len(brokers) {
			return
		}
		live.Until(c.T, back+" to be in sync again", func() string {
			return live.MissingUnless(c.Sampler.InSync(), "it is not")
		})
		killed = brokers[(slices.Index(brokers, back)+1)%len(brokers)]
		c.T.Logf("%s is back, %s is killed", back, killed)
		c.Node.Pod(killed).Signal("kafka", syscall.SIGKILL)
		live.Until(c.T, "the API server to know it", func() string {
			return live.MissingUnless(!c.IsReady(killed), killed+" is said to be ready")
		})
	}
	defer func() { c.BeforeCalls = nil }()
	c.Change(`
brokers:
- {id: 0, brokerConfigGroup: controller}
- {id: 1, brokerConfigGroup: controller}
- {id: 2, brokerConfigGroup: controller}
- {id: 100, brokerConfigGroup: broker, readOnlyConfig: "queued.max.requests=502"}
- {id: 101, brokerConfigGroup: broker, readOnlyConfig: "queued.max.requests=502"}
- {id: 102, brokerConfigGroup: broker, readOnlyConfig: "queued.max.requests=502"}
`)
	c.CallUntil("the brokers to have restarted", rollPatience, c.NotSettled)
	if killed == "" {
		c.T.Fatal("no broker was killed")
	}
	c.restartedOnce(before, brokers)
	for _, name := range brokers {
		c.hasConfig(name, "queued.max.requests", "502")
	}
}

// lastIsBack is the node that was let go last, if its new Pod is ready; it may be that the API server does not know it
// yet.
func (c *kafkaCluster) lastIsBack(before int) string {
	if len(c.Restarts) == before {
		return ""
	}
	last := c.Restarts[len(c.Restarts)-1]
	uid := c.Node.Ready()[last]
	if uid == "" || uid == c.LetGo[last] {
		return ""
	}
	return last
}

// badConfiguration gives all nodes a value that Kafka does not start with: one of them is lost to it, and comes back by
// itself when the CR is mended.
func (c *kafkaCluster) badConfiguration() {
	before, good := len(c.Restarts), maps.Clone(c.UIDs)
	const bad = "queued.max.request.bytes"
	c.Change(fmt.Sprintf(readOnly, 501) + "  " + bad + "=many\n")
	c.CallUntil("the condition to name the crash loop and the key", live.Patience, func() string {
		ready := c.Condition("BrokersReady")
		if ready == nil || ready.Status != metav1.ConditionFalse {
			return "BrokersReady is not False"
		}
		named := strings.Contains(ready.Message, "CrashLoopBackOff") && strings.Contains(ready.Message, bad)
		return live.MissingUnless(named, ready.Message)
	})
	c.T.Logf("BrokersReady: %s", c.Condition("BrokersReady").Message)
	for range 20 { // as many calls as several minutes of the hook's own resyncs bring
		pass, err := c.Driver.Sync(c.T.Context(), c.Key)
		if err != nil {
			c.T.Fatal(err)
		}
		c.Watch()
		c.Took(pass)
	}
	if len(c.Restarts) != before+1 {
		c.T.Fatalf("let go: %v", c.Restarts[before:])
	}
	lost := c.Restarts[before]
	for name, uid := range c.UIDs {
		if name != lost && uid != good[name] {
			c.T.Errorf("%s is another Pod", name)
		}
	}
	delete(c.LetGo, lost) // it is not back, and may be let go again
	c.Change(fmt.Sprintf(readOnly, 501))
	c.CallUntil("the cluster to recover", live.Patience, c.NotSettled)
	if again := c.Restarts[before:]; len(again) != 2 || again[1] != lost {
		c.T.Errorf("let go: %v", again)
	}
}
