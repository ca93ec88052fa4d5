//go:build brokers

package kafka

import (
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/topic"
)

// topicKeeper keeps one KafkaTopic at real brokers, call by call, as Metacontroller and the server do.
type topicKeeper struct {
	*user
	meta       map[string]any
	spec       map[string]any
	status     v1alpha1.KafkaTopicStatus
	claim      jsontext.Value // the ConfigMap, once the hook has drawn it
	finalizing bool
	sent       int
	gone       bool
}

// cluster is the KafkaCluster that the topic refers to. Where its listener leads to is overridden by to.
const keptCluster = `{"metadata":{"name":"kafka","namespace":"n"},"status":{"state":"ClusterRunning","clusterID":"` +
	clusterID + `"},"spec":{"listenersConfig":{"internalListeners":[{"type":"plaintext","name":"i","containerPort":9092,` +
	`"usedForInnerBrokerCommunication":true}]}}}`

func (k *topicKeeper) call() {
	k.t.Helper()
	encode := func(value any) jsontext.Value {
		text, err := json.Marshal(value, sync.Encoding())
		if err != nil {
			k.t.Fatal(err)
		}
		return text
	}
	claims := map[string]jsontext.Value{}
	if len(k.claim) > 0 {
		claims["n/claim"] = k.claim
	}
	body := encode(map[string]any{
		"parent": map[string]any{
			"apiVersion": v1alpha1.GroupVersion().String(), "kind": "KafkaTopic",
			"metadata": k.meta, "spec": k.spec, "status": k.status,
		},
		"children": map[string]any{"ConfigMap.v1": claims}, "finalizing": k.finalizing,
		"related": map[string]any{
			"KafkaCluster.kafka.banzaicloud.io/v1beta1": map[string]any{"n/kafka": jsontext.Value(keptCluster)},
			"ConfigMap.v1": claims,
		},
	})
	var request sync.Request
	if err := json.Unmarshal(body, &request); err != nil {
		k.t.Fatal(err)
	}
	observed, err := topic.Hook{}.Observe(request)
	if err != nil {
		k.t.Fatal(err)
	}
	facts := sync.Facts{Now: time.Now()}
	if questions := observed.Ask(); questions.Kafka != nil {
		facts.Kafka = k.ask(*questions.Kafka)
	}
	decision := observed.Plan(facts)
	var outcomes sync.Outcomes
	for _, command := range decision.Commands {
		outcomes = append(outcomes, sync.Outcome{Command: command, Err: k.perform(k.here(command))})
	}
	k.sent = len(outcomes)
	decision = *decision.Respond(outcomes).Decision()
	k.status, k.gone = *decision.Status.(*v1alpha1.KafkaTopicStatus), decision.Finalized
	for _, child := range decision.Children {
		k.claim = encode(child)
	}
}

// here sends a command to the brokers of the test instead of to a name that resolves in a Kubernetes cluster.
func (k *topicKeeper) here(command sync.Command) sync.Command {
	switch command := command.(type) {
	case sync.CreateTopic:
		command.ToKafka = k.to
		return command
	case sync.CreatePartitions:
		command.ToKafka = k.to
		return command
	case sync.AlterConfigs:
		command.ToKafka = k.to
		return command
	case sync.DeleteTopic:
		command.ToKafka = k.to
		return command
	}
	k.t.Fatalf("a topic needs no command to %s", command)
	return nil
}

// ready is the condition Ready.
func (k *topicKeeper) ready() (reason sync.Reason, message string) {
	for _, condition := range k.status.Conditions {
		if condition.Type == string(sync.Ready) {
			return sync.Reason(condition.Reason), condition.Message
		}
	}
	return "", ""
}

// says calls until Ready has a reason, and sees that it says so and, when all is well, that further calls send nothing.
func (k *topicKeeper) says(reason sync.Reason, words ...string) {
	k.t.Helper()
	until(k.t, "Ready to be "+string(reason), func() bool {
		k.call()
		got, _ := k.ready()
		return got == reason
	})
	_, message := k.ready()
	for _, word := range words {
		if !strings.Contains(message, word) {
			k.t.Errorf("got %q, want it to say %q", message, word)
		}
	}
	for range 3 {
		if k.call(); reason == sync.AsExpected && k.sent > 0 {
			_, message := k.ready()
			k.t.Errorf("the topic is as it is to be, and %d commands are sent: %s", k.sent, message)
		}
	}
}

// A KafkaTopic's life: made with values that Kafka writes differently, changed, put right after hands changed it,
// refused what Kafka does not do, made again after hands deleted it, and deleted.
func TestBrokersKeepTopic(t *testing.T) {
	eachVersion(t, func(t *testing.T, home string) {
		c := start(t, home, shape{size: 1, properties: "num.partitions=5"})
		k := &topicKeeper{user: newUser(t, c.to())}
		k.meta = map[string]any{"name": "t", "namespace": "n", "uid": "u", "generation": 1}
		k.spec = map[string]any{
			"name": "orders", "clusterRef": map[string]any{"name": "kafka"}, "partitions": -1, "replicationFactor": 1,
			"config": map[string]string{
				"retention.ms": " 7200000", "cleanup.policy": "compact , delete", "min.cleanable.dirty.ratio": "0.50",
				"unclean.leader.election.enable": "TRUE", "compression.type": "zstd",
			},
		}
		k.says(sync.AsExpected, "5 partitions")
		if k.status.State != v1alpha1.TopicStateCreated || len(k.status.TopicID) != 22 || k.status.Partitions != 5 {
			t.Errorf("the status is %+v", k.status)
		}
		k.changes()
		k.refusals()
		k.losses()
		k.ends()
	})
}

func (k *topicKeeper) changes() {
	k.t.Helper()
	k.spec["partitions"], k.spec["config"] = 7, map[string]string{"retention.ms": "3600000"}
	k.says(sync.AsExpected, "7 partitions")
	orders := sync.ConfigResource{Type: sync.TopicConfig, Name: "orders"}
	k.done(sync.AlterConfigs{ToKafka: k.to, Resource: orders, Set: map[string]string{
		"retention.ms": "1", "segment.bytes": "1048576", "leader.replication.throttled.replicas": "0:0",
	}})
	until(k.t, "what hands set to be seen", func() bool {
		entry, _ := k.described().Entry("segment.bytes")
		return entry.Source == sync.SourceTopic
	})
	k.says(sync.AsExpected)
	for key, want := range map[string]string{
		"retention.ms": "3600000", "segment.bytes": "", "leader.replication.throttled.replicas": "0:0",
	} {
		if got := k.status.Config[key]; got != want {
			k.t.Errorf("%s is %q on the topic, not %q", key, got, want)
		}
	}
}

func (k *topicKeeper) described() *sync.Topic {
	k.t.Helper()
	described := known(k.t, k.ask(sync.KafkaQuestions{Topic: "orders"}).Topic)
	return &described
}

func (k *topicKeeper) refusals() {
	k.t.Helper()
	k.spec["config"] = map[string]string{"retention.ms": "3600000", "no.such.key": "1"}
	k.says(sync.KafkaRefused, "no.such.key")
	k.spec["config"] = map[string]string{"retention.ms": "soon"}
	k.says(sync.KafkaRefused, "retention.ms", "soon")
	k.spec["config"] = map[string]string{"min.insync.replicas": "2"}
	k.says(sync.MinISRTooHigh, "1 replica")
	k.spec["config"], k.spec["partitions"] = map[string]string{}, 3
	k.says(sync.FewerPartitions, "3 partitions", "has 7")
	k.spec["partitions"], k.spec["replicationFactor"] = 7, 2
	k.says(sync.ReplicasDiffer, "Cruise Control")
	k.spec["replicationFactor"] = 1
	k.says(sync.AsExpected)
}

func (k *topicKeeper) losses() {
	k.t.Helper()
	lost := k.status.TopicID
	k.done(sync.DeleteTopic{ToKafka: k.to, Topic: "orders"})
	until(k.t, "the topic to be gone", func() bool { return !k.described().Exists })
	k.says(sync.AsExpected, lost, "7 partitions")
	if k.status.LostTopicID != lost || k.status.TopicID == lost {
		k.t.Errorf("lost %s; the status is %+v", lost, k.status)
	}
}

func (k *topicKeeper) ends() {
	k.t.Helper()
	k.meta["deletionTimestamp"], k.finalizing = "2026-01-01T00:00:00Z", true
	until(k.t, "the resource to go", func() bool { k.call(); return k.gone })
	if k.described().Exists {
		k.t.Error("the resource goes and its topic is still there")
	}
}
