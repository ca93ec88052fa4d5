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
	"github.com/kompositor/kompositor/e2e/kube"
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

// A live cluster of three controllers and three brokers is changed in every way that restarts nodes, and each run
// begins where the one before it has ended. No acknowledged record is lost, no partition falls below
// min.insync.replicas, and never is a second node down by our choice.
func TestRolls(t *testing.T) {
	c := newKafkaCluster(t, "kafkacluster-kraft-separate.yaml")
	var all []measured
	step := func(name string, story func()) {
		passed := t.Run(name, func(t *testing.T) {
			c.t = t
			all = append(all, c.run(name, story))
		})
		if c.t = t; !passed {
			t.FailNow()
		}
	}
	step("a read-only change", func() {
		c.change(fmt.Sprintf(readOnly, 501))
		c.rollsAll()
		for _, name := range slices.Concat(controllers, brokers) {
			c.hasConfig(name, "queued.max.requests", "501")
		}
	})
	step("a new version of Kafka", func() {
		c.change("clusterImage: " + image(kafka.Kafka4))
		c.rollsAll()
		for _, name := range slices.Concat(controllers, brokers) {
			if says := "Kafka version: " + kafka.Kafka4; !strings.Contains(c.node.Pod(name).Log("kafka"), says) {
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
	c.traffic.end()
	table(t, all)
}

// rollsAll waits until every node has restarted once.
func (c *kafkaCluster) rollsAll() {
	c.t.Helper()
	before := len(c.restarts)
	c.callUntil("all nodes to have restarted", rollPatience, c.notSettled)
	c.restartedOnce(before, slices.Concat(controllers, brokers))
	if leaderless := c.sampler.count().longestLeaderless; leaderless > 0 {
		c.t.Errorf("a partition had no leader for %s", leaderless)
	}
}

// restartedOnce checks that the hook let each of these go exactly once, and no other.
func (c *kafkaCluster) restartedOnce(before int, names []string) {
	c.t.Helper()
	times := map[string]int{}
	for _, name := range c.restarts[before:] {
		times[name]++
	}
	for _, name := range names {
		if times[name] != 1 {
			c.t.Errorf("%s was let go %d times, not once", name, times[name])
		}
		delete(times, name)
	}
	for name := range times {
		c.t.Errorf("%s was let go, and had no reason to", name)
	}
}

// hasConfig checks that a node was started with a line of configuration and, if it is a broker, that this is in force.
func (c *kafkaCluster) hasConfig(name, key, value string) {
	c.t.Helper()
	line := key + "=" + value
	output, err := c.node.Pod(name).Exec(c.t.Context(), "kafka", "grep", "--line-regexp", line, "/config/broker-config")
	if err != nil {
		c.t.Errorf("%s was not started with %s: %v: %s", name, line, err, output)
	}
	if id := strings.TrimPrefix(name, "large-"); slices.Contains(brokers, name) {
		if inForce := c.config(id, key); inForce != value {
			c.t.Errorf("%s of %s is %q, not %q", key, name, inForce, value)
		}
	}
}

// config is the value of a key that is in force at a broker.
func (c *kafkaCluster) config(broker, key string) string {
	c.t.Helper()
	return c.configOf(confluent.ConfigResource{Type: confluent.ResourceBroker, Name: broker})[key].Value
}

// configOf asks Kafka for a configuration, with a new client: one that was idle through a roll may still wait for an
// address of before.
func (c *kafkaCluster) configOf(resource confluent.ConfigResource) (config map[string]confluent.ConfigEntryResult) {
	c.t.Helper()
	admin := c.newAdmin()
	defer admin.Close()
	until(c.t, resource.String()+" to tell its configuration", func() string {
		results, err := admin.DescribeConfigs(c.t.Context(), []confluent.ConfigResource{resource},
			confluent.SetAdminRequestTimeout(5*time.Second))
		if err != nil {
			return err.Error()
		}
		config = results[0].Config
		return missingUnless(results[0].Error.Code() == confluent.ErrNoError, results[0].Error.String())
	})
	return config
}

func (c *kafkaCluster) newAdmin() *confluent.AdminClient {
	c.t.Helper()
	admin, err := confluent.NewAdminClient(&confluent.ConfigMap{"bootstrap.servers": c.bootstrap, "log_level": 2})
	if err != nil {
		c.t.Fatal(err)
	}
	return admin
}

// killedMidRoll changes the brokers only. When one of them is back and in sync, and before the hook is called again,
// another one dies; the roll waits until it is back too.
func (c *kafkaCluster) killedMidRoll() {
	before, killed := len(c.restarts), ""
	c.beforeCalls = func() {
		back := c.lastIsBack(before)
		if killed != "" || back == "" || len(c.restarts)-before == len(brokers) {
			return
		}
		until(c.t, back+" to be in sync again", func() string {
			return missingUnless(c.sampler.inSync(), "it is not")
		})
		killed = brokers[(slices.Index(brokers, back)+1)%len(brokers)]
		c.t.Logf("%s is back, %s is killed", back, killed)
		c.node.Pod(killed).Signal("kafka", syscall.SIGKILL)
		until(c.t, "the API server to know it", func() string {
			return missingUnless(!c.apiSaysReady(killed), killed+" is said to be ready")
		})
	}
	defer func() { c.beforeCalls = nil }()
	c.change(`
brokers:
- {id: 0, brokerConfigGroup: controller}
- {id: 1, brokerConfigGroup: controller}
- {id: 2, brokerConfigGroup: controller}
- {id: 100, brokerConfigGroup: broker, readOnlyConfig: "queued.max.requests=502"}
- {id: 101, brokerConfigGroup: broker, readOnlyConfig: "queued.max.requests=502"}
- {id: 102, brokerConfigGroup: broker, readOnlyConfig: "queued.max.requests=502"}
`)
	c.callUntil("the brokers to have restarted", rollPatience, c.notSettled)
	if killed == "" {
		c.t.Fatal("no broker was killed")
	}
	c.restartedOnce(before, brokers)
	for _, name := range brokers {
		c.hasConfig(name, "queued.max.requests", "502")
	}
}

// lastIsBack is the node that was let go last, if its new Pod is ready; it may be that the API server does not know it
// yet.
func (c *kafkaCluster) lastIsBack(before int) string {
	if len(c.restarts) == before {
		return ""
	}
	last := c.restarts[len(c.restarts)-1]
	uid := c.node.Ready()[last]
	if uid == "" || uid == c.letGo[last] {
		return ""
	}
	return last
}

func (c *kafkaCluster) apiSaysReady(name string) bool {
	return slices.ContainsFunc(c.pods.Objects(), func(pod *kube.Object) bool {
		return pod.GetName() == name && isReady(pod)
	})
}

// badConfiguration gives all nodes a value that Kafka does not start with: one of them is lost to it, and comes back by
// itself when the CR is mended.
func (c *kafkaCluster) badConfiguration() {
	before, good := len(c.restarts), maps.Clone(c.uids)
	const bad = "queued.max.request.bytes"
	c.change(fmt.Sprintf(readOnly, 501) + "  " + bad + "=many\n")
	c.callUntil("the condition to name the crash loop and the key", patience, func() string {
		ready := c.condition("BrokersReady")
		if ready == nil || ready.Status != metav1.ConditionFalse {
			return "BrokersReady is not False"
		}
		named := strings.Contains(ready.Message, "CrashLoopBackOff") && strings.Contains(ready.Message, bad)
		return missingUnless(named, ready.Message)
	})
	c.t.Logf("BrokersReady: %s", c.condition("BrokersReady").Message)
	for range 20 { // as many calls as several minutes of the hook's own resyncs bring
		pass, err := c.driver.Sync(c.t.Context(), c.key)
		if err != nil {
			c.t.Fatal(err)
		}
		c.watch()
		c.took(pass)
	}
	if len(c.restarts) != before+1 {
		c.t.Fatalf("let go: %v", c.restarts[before:])
	}
	lost := c.restarts[before]
	for name, uid := range c.uids {
		if name != lost && uid != good[name] {
			c.t.Errorf("%s is another Pod", name)
		}
	}
	delete(c.letGo, lost) // it is not back, and may be let go again
	c.change(fmt.Sprintf(readOnly, 501))
	c.callUntil("the cluster to recover", patience, c.notSettled)
	if again := c.restarts[before:]; len(again) != 2 || again[1] != lost {
		c.t.Errorf("let go: %v", again)
	}
}
