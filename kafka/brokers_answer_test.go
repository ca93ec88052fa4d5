//go:build brokers

package kafka

import (
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kompositor/kompositor/sync"
)

const secured = `authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
default.replication.factor=3
min.insync.replicas=2`

// One cluster of three tells its life: each step needs what the one before left.
func TestBrokers(t *testing.T) {
	eachVersion(t, func(t *testing.T, home string) {
		c := start(t, home, shape{size: 3, properties: secured})
		u := newUser(t, c.to())
		for _, step := range []struct {
			name string
			run  func(*testing.T, *nodes, *user)
		}{
			{"cluster", brokersCluster},
			{"topics", brokersTopics},
			{"configs", brokersConfigs},
			{"log dirs", brokersLogDirs},
			{"users", brokersUsers},
			{"voters", brokersVoters},
			{"hung broker", brokersHung},
			{"hung controller", brokersHungController},
			{"dead broker", brokersDead},
		} {
			if !t.Run(step.name, func(t *testing.T) {
				u.t, c.t = t, t
				began := time.Now()
				step.run(t, c, u)
				t.Logf("%.1f s", time.Since(began).Seconds())
			}) {
				break
			}
		}
		u.t, c.t = t, t
	})
}

func brokersCluster(t *testing.T, c *nodes, u *user) {
	facts := u.ask(sync.KafkaQuestions{Cluster: true, Quorum: true, Partitions: true, Reassignments: true, Features: true})
	cluster := known(t, facts.Cluster)
	want := sync.KafkaCluster{
		ID: clusterID, Controller: cluster.Controller, Brokers: []int32{0, 1, 2},
		Racks: map[int32]string{0: "rack-0", 1: "rack-1", 2: "rack-2"},
	}
	if diff := cmp.Diff(want, cluster); diff != "" {
		t.Errorf("cluster (-want +got):\n%s", diff)
	}
	quorum := known(t, facts.Quorum)
	if quorum.Leader < 0 || quorum.FetchTimeoutMillis != 2345 || len(quorum.Voters) != 3 {
		t.Errorf("got quorum %+v", quorum)
	}
	for i, voter := range quorum.Voters {
		if int(voter.ID) != i || voter.LogEndOffset <= 0 || voter.Directory != c.all[i].directory {
			t.Errorf("got voter %+v, want directory %s", voter, c.all[i].directory)
		}
	}
	if partitions := known(t, facts.Partitions); len(partitions) != 0 {
		t.Errorf("got partitions %+v", partitions)
	}
	if moving := known(t, facts.Reassignments); len(moving) != 0 {
		t.Errorf("got reassignments %+v", moving)
	}
	features := known(t, facts.Features)
	metadata := features.Supported["metadata.version"]
	if !slices.Equal(features.Brokers, []int32{0, 1, 2}) || features.Finalized["kraft.version"] != 1 ||
		metadata.Max < 21 || features.Finalized["metadata.version"] != metadata.Max {
		t.Errorf("got features %+v", features)
	}
}

func brokersTopics(t *testing.T, _ *nodes, u *user) {
	topic := func() sync.Topic { return known(t, u.ask(sync.KafkaQuestions{Topic: "orders"}).Topic) }
	if topic().Exists {
		t.Error("a topic exists that nobody made")
	}
	create := sync.CreateTopic{
		ToKafka: u.to, Topic: "orders", Partitions: 2, ReplicationFactor: -1,
		Config: map[string]string{"retention.ms": "7200000"},
	}
	u.done(create)
	var got sync.Topic
	until(t, "the topic", func() bool { got = topic(); return got.Exists })
	if len(got.Partitions) != 2 || len(got.Partitions[1].Replicas) != 3 || got.Partitions[0].MinISR != 2 ||
		len(got.ID) != 22 || got.Internal {
		t.Errorf("got %+v", got)
	}
	want := sync.ConfigEntry{Name: "retention.ms", Value: "7200000", Source: sync.SourceTopic}
	if entry, _ := got.Entry("retention.ms"); entry != want {
		t.Errorf("got %+v", entry)
	}
	if entry, _ := got.Entry("cleanup.policy"); entry.Source != sync.SourceDefault || entry.Value != "delete" {
		t.Errorf("got %+v", entry)
	}

	create.Topic, create.ReplicationFactor = "wide", 5
	u.refused(create, kerr.InvalidReplicationFactor, "5", "3")
	create.Topic, create.ReplicationFactor, create.Config = "odd", 3, map[string]string{"retention.ms": "soon"}
	u.refused(create, kerr.InvalidConfig, "retention.ms", "soon")
	create.Topic, create.Config = "a name", nil
	u.refused(create, kerr.InvalidTopicException)

	u.done(sync.CreatePartitions{ToKafka: u.to, Topic: "orders", Total: 4})
	until(t, "four partitions", func() bool { return len(topic().Partitions) == 4 })
	u.refused(sync.CreatePartitions{ToKafka: u.to, Topic: "orders", Total: 3}, kerr.InvalidPartitions)
	u.refused(sync.CreatePartitions{ToKafka: u.to, Topic: "gone", Total: 3}, kerr.UnknownTopicOrPartition)

	resource := sync.ConfigResource{Type: sync.TopicConfig, Name: "orders"}
	u.done(sync.AlterConfigs{
		ToKafka: u.to, Resource: resource, Set: map[string]string{"min.insync.replicas": "1"},
		Delete: []string{"retention.ms"},
	})
	until(t, "the topic's configuration", func() bool {
		got = topic()
		entry, _ := got.Entry("retention.ms")
		return entry.Source == sync.SourceDefault && got.Partitions[3].MinISR == 1
	})
	secret := sync.AlterConfigs{
		ToKafka: u.to, Resource: resource, Set: map[string]string{"retention.ms": "opensesame"},
		Secret: []string{"retention.ms"},
	}
	u.refused(secret, kerr.InvalidConfig)
	if err := u.perform(secret); strings.Contains(err.Error(), "opensesame") {
		t.Errorf("a secret is told: %v", err)
	}
	until(t, "one topic and all topics to agree", func() bool {
		partitions := known(t, u.ask(sync.KafkaQuestions{Partitions: true}).Partitions)
		return cmp.Equal(topic().Partitions, partitions)
	})
	u.done(sync.DeleteTopic{ToKafka: u.to, Topic: "orders"})
	until(t, "the topic to be gone", func() bool { return !topic().Exists })
}

func brokersConfigs(t *testing.T, _ *nodes, u *user) {
	const key = "log.retention.ms"
	all, one := sync.ConfigResource{Type: sync.BrokerConfig}, sync.ConfigResource{Type: sync.BrokerConfig, Name: "1"}
	zero := sync.ConfigResource{Type: sync.BrokerConfig, Name: "0"}
	set := func(resource sync.ConfigResource, values map[string]string, remove ...string) sync.AlterConfigs {
		return sync.AlterConfigs{ToKafka: u.to, Resource: resource, Set: values, Delete: remove}
	}
	u.done(set(all, map[string]string{key: "7200000", "log.cleaner.threads": "2"}))
	u.done(set(one, map[string]string{key: "3600000"}, "log.segment.bytes"))
	u.refused(set(one, map[string]string{"log.dirs": "/x"}), kerr.InvalidRequest, "log.dirs")
	u.refused(set(all, map[string]string{key: "soon"}), kerr.InvalidRequest, key)
	ask := func() []sync.DescribedConfigs {
		return known(t, u.ask(sync.KafkaQuestions{Configs: []sync.ConfigQuestion{
			{Resource: all},
			{Resource: one, Keys: []string{key}},
			{Resource: zero, Keys: []string{key}},
			{Resource: zero, Keys: []string{"log.dirs", "no.such.key"}},
			{Resource: one, Keys: []string{"listener.name.sasl.scram-sha-512.sasl.jaas.config"}},
			{Resource: zero},
		}}).Configs)
	}
	entry := func(value string, source sync.ConfigSource) []sync.ConfigEntry {
		return []sync.ConfigEntry{{Name: key, Value: value, Source: source}}
	}
	until(t, "the configurations", func() bool {
		got := ask()
		return cmp.Equal(got[1].Entries, entry("3600000", sync.SourceBroker)) &&
			cmp.Equal(got[2].Entries, entry("7200000", sync.SourceDefaultBroker))
	})
	got := ask()
	if set, _ := got[0].Entry(key); set != entry("7200000", sync.SourceDefaultBroker)[0] {
		t.Errorf("the default of all brokers: got %+v", got[0])
	}
	if len(got[3].Entries) != 1 || got[3].Entries[0].Source != sync.SourceStatic || !got[3].Entries[0].ReadOnly {
		t.Errorf("a static key and an unknown one: got %+v", got[3])
	}
	if len(got[4].Entries) != 1 || !got[4].Entries[0].Sensitive || got[4].Entries[0].Value != "" {
		t.Errorf("a sensitive key: got %+v", got[4])
	}
	if len(got[5].Entries) < 200 {
		t.Errorf("all keys of a broker: got %d", len(got[5].Entries))
	}
	u.done(set(one, nil, key))
	u.done(set(all, nil, key, "log.cleaner.threads"))
	until(t, "the configurations to be gone", func() bool {
		got := ask()
		_, set := got[0].Entry(key)
		return !set && (len(got[1].Entries) == 0 || got[1].Entries[0].Source == sync.SourceDefault)
	})
}

func brokersLogDirs(t *testing.T, c *nodes, u *user) {
	u.done(sync.CreateTopic{ToKafka: u.to, Topic: "records", Partitions: 6, ReplicationFactor: 3})
	producer, err := kgo.NewClient(kgo.SeedBrokers(c.all[0].address()), kgo.DefaultProduceTopic("records"))
	if err != nil {
		t.Fatal(err)
	}
	defer producer.Close()
	for range 60 {
		if err := producer.ProduceSync(t.Context(), kgo.SliceRecord(make([]byte, 1000))).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	for _, broker := range known(t, u.ask(sync.KafkaQuestions{LogDirs: []int32{2, 0, 1}}).LogDirs) {
		var replicas int
		var size int64
		for _, dir := range broker.Dirs {
			replicas, size = replicas+dir.Replicas, size+dir.SizeBytes
			if dir.Error != "" || dir.TotalBytes <= 0 || dir.UsableBytes <= 0 ||
				!strings.HasPrefix(dir.Path, c.path(c.all[broker.Broker], "")) {
				t.Errorf("broker %d: got %+v", broker.Broker, dir)
			}
		}
		if broker.Unknown != "" || len(broker.Dirs) != 2 || replicas != 6 || size < 1000 {
			t.Errorf("got %+v", broker)
		}
	}
}

func brokersVoters(t *testing.T, c *nodes, u *user) {
	quorum := func() sync.Quorum { return known(t, u.ask(sync.KafkaQuestions{Quorum: true}).Quorum) }
	has := func(replicas []sync.QuorumReplica, n *node) bool {
		return slices.ContainsFunc(replicas, func(r sync.QuorumReplica) bool {
			return int(r.ID) == n.id && r.Directory == n.directory
		})
	}
	leaves := c.all[2]
	if quorum().Leader == 2 {
		leaves = c.all[1]
	}
	add := sync.AddVoter{
		ToKafka: u.to, ID: int32(leaves.id), Directory: leaves.directory, Listener: "CONTROLLER", Host: "127.0.0.1",
		Port: int32(leaves.controller),
	}
	other := add
	other.Directory = c.all[0].directory
	u.refused(other, kerr.DuplicateVoter, "another directory")
	u.done(sync.RemoveVoter{ToKafka: u.to, ID: int32(leaves.id), Directory: leaves.directory})
	until(t, "two voters and an observer", func() bool {
		q := quorum()
		return len(q.Voters) == 2 && !has(q.Voters, leaves) && has(q.Observers, leaves)
	})
	until(t, "it to be a voter again", func() bool { return u.perform(add) == nil })
	u.done(add)
	if q := quorum(); len(q.Voters) != 3 || !has(q.Voters, leaves) {
		t.Errorf("got %+v", q)
	}
}

// A broker that hangs keeps its connections and answers nothing. What others can tell is told.
func brokersHung(t *testing.T, c *nodes, u *user) {
	until(t, "all replicas in sync", func() bool { return inSync(t, u) })
	id := (quorumOfBrokers(t, u).Leader + 1) % 3
	hung, led := c.all[id], leads(t, u, id)
	if len(led) == 0 {
		t.Fatalf("broker %d leads nothing", id)
	}
	c.signal(hung, syscall.SIGSTOP)
	for i := range 3 {
		facts := u.ask(sync.KafkaQuestions{
			Cluster: true, Quorum: true, Reassignments: true, Partitions: true, Topic: "records", LogDirs: []int32{0, 1, 2},
			Configs: []sync.ConfigQuestion{{Resource: sync.ConfigResource{Type: sync.BrokerConfig}}},
		})
		allKnown(t, i, map[string]string{
			"cluster": facts.Cluster.Why(), "quorum": facts.Quorum.Why(), "reassignments": facts.Reassignments.Why(),
			"partitions": facts.Partitions.Why(), "topic": facts.Topic.Why(), "log dirs": facts.LogDirs.Why(),
			"configs": facts.Configs.Why(),
		})
		dirs, _ := facts.LogDirs.Get()
		for _, of := range dirs {
			if (of.Unknown != "") != (of.Broker == id) {
				t.Errorf("call %d: got %+v", i, of)
			}
		}
	}
	tries := 0
	until(t, "a topic to be created", func() bool {
		tries++
		return u.perform(sync.CreateTopic{ToKafka: u.to, Topic: "new", Partitions: 1, ReplicationFactor: 1}) == nil
	})
	t.Logf("a topic was created with call %d", tries)
	until(t, "it to be fenced", func() bool { return len(leads(t, u, id)) == 0 })
	c.signal(hung, syscall.SIGCONT)
	until(t, "all replicas in sync", func() bool { return inSync(t, u) })
	if again := leads(t, u, id); len(again) != 0 {
		t.Fatalf("it leads %v again by itself", again)
	}
	u.done(sync.ElectPreferredLeaders{ToKafka: u.to, Partitions: append(led, sync.TopicPartition{Topic: "gone"})})
	until(t, "its leadership", func() bool { return len(leads(t, u, id)) == len(led) })
}

// A controller that hangs answers nothing that brokers pass on to it, until they have found the next one. What brokers
// know themselves does not wait for it.
func brokersHungController(t *testing.T, c *nodes, u *user) {
	hung := c.all[quorumOfBrokers(t, u).Leader]
	c.signal(hung, syscall.SIGSTOP)
	for i := range 2 {
		facts := u.ask(sync.KafkaQuestions{
			Cluster: true, Quorum: true, Reassignments: true, Partitions: true, Topic: "records",
		})
		allKnown(t, i, map[string]string{
			"cluster": facts.Cluster.Why(), "partitions": facts.Partitions.Why(), "topic": facts.Topic.Why(),
		})
		t.Logf("call %d: quorum: %q, reassignments: %q", i, facts.Quorum.Why(), facts.Reassignments.Why())
	}
	c.signal(hung, syscall.SIGCONT)
	until(t, "the quorum", func() bool {
		facts := u.ask(sync.KafkaQuestions{Quorum: true, Reassignments: true})
		return facts.Quorum.Why()+facts.Reassignments.Why() == ""
	})
	c.live()
}

func allKnown(t *testing.T, call int, whys map[string]string) {
	t.Helper()
	for what, why := range whys {
		if why != "" {
			t.Errorf("call %d: unknown: %s: %s", call, what, why)
		}
	}
}

// quorumOfBrokers is asked for until it has a leader.
func quorumOfBrokers(t *testing.T, u *user) sync.Quorum {
	t.Helper()
	var quorum sync.Quorum
	until(t, "the quorum's leader", func() bool {
		quorum, _ = u.ask(sync.KafkaQuestions{Quorum: true}).Quorum.Get()
		return len(quorum.Voters) == 3 && quorum.Leader >= 0
	})
	return quorum
}

func inSync(t *testing.T, u *user) bool {
	t.Helper()
	partitions := known(t, u.ask(sync.KafkaQuestions{Partitions: true}).Partitions)
	return !slices.ContainsFunc(partitions, func(p sync.Partition) bool { return len(p.ISR) < len(p.Replicas) })
}

// leads are the partitions that a broker leads.
func leads(t *testing.T, u *user, broker int32) []sync.TopicPartition {
	t.Helper()
	var led []sync.TopicPartition
	for _, p := range known(t, u.ask(sync.KafkaQuestions{Partitions: true}).Partitions) {
		if p.Leader == broker {
			led = append(led, sync.TopicPartition{Topic: p.Topic, Partition: p.Partition})
		}
	}
	return led
}

// What a dead broker alone knows is unknown, and nothing else is.
func brokersDead(t *testing.T, c *nodes, u *user) {
	u.done(sync.CreateTopic{ToKafka: u.to, Topic: "moving", Partitions: 1, ReplicationFactor: 1})
	u.done(sync.CreateTopic{ToKafka: u.to, Topic: "lonely", Partitions: 3, ReplicationFactor: 1})
	c.signal(c.all[2], syscall.SIGKILL)
	ask := func() sync.KafkaFacts {
		return u.ask(sync.KafkaQuestions{
			Cluster: true, Quorum: true, Partitions: true, LogDirs: []int32{0, 2}, Features: true, Topic: "records",
			Configs: []sync.ConfigQuestion{
				{Resource: sync.ConfigResource{Type: sync.BrokerConfig, Name: "2"}, Keys: []string{"log.dirs"}},
				{Resource: sync.ConfigResource{Type: sync.BrokerConfig, Name: "0"}, Keys: []string{"log.dirs"}},
			},
		})
	}
	check := func(facts sync.KafkaFacts) {
		t.Helper()
		known(t, facts.Cluster)
		known(t, facts.Partitions)
		known(t, facts.Topic)
		dirs, configs := known(t, facts.LogDirs), known(t, facts.Configs)
		if dirs[0].Unknown != "" || dirs[1].Unknown == "" || configs[0].Unknown == "" || configs[1].Unknown != "" {
			t.Errorf("got %+v and %+v", dirs, configs)
		}
		t.Logf("log dirs of the dead broker: %s; features: %s", dirs[1].Unknown, facts.Features.Why())
	}
	check(ask()) // it may have led the quorum, which is unknown until the next one leads
	quorumOfBrokers(t, u)
	c.live()
	facts := ask()
	check(facts)
	known(t, facts.Quorum)
	known(t, facts.Features)
	offline := 0
	for _, partition := range known(t, facts.Partitions) {
		if partition.Leader < 0 {
			offline++
		}
		if len(partition.Replicas) == 3 && slices.Contains(partition.ISR, 2) {
			t.Errorf("a dead replica is in sync: %+v", partition)
		}
	}
	if offline == 0 {
		t.Error("no partition is offline")
	}
	from, to := known(t, u.ask(sync.KafkaQuestions{Topic: "moving"}).Topic).Partitions[0].Replicas[0], int32(2)
	if from == 2 {
		to = 0 // the dead broker has nothing to copy from
	}
	move(t, u, "moving", []int32{from, to})
	moving := known(t, u.ask(sync.KafkaQuestions{Reassignments: true}).Reassignments)
	if len(moving) != 1 || moving[0].Topic != "moving" || !slices.Equal(moving[0].Adding, []int32{to}) {
		t.Errorf("got %+v", moving)
	}
	u.done(sync.UnregisterBroker{ToKafka: u.to, ID: 2})
}

// move starts a reassignment, which does not end while the broker is dead.
func move(t *testing.T, u *user, name string, to []int32) {
	t.Helper()
	client, err := u.adapter.pool.get(&u.to.Connection)
	if err != nil {
		t.Fatal(err)
	}
	defer client.release()
	request := kmsg.NewPtrAlterPartitionAssignmentsRequest()
	topic := kmsg.NewAlterPartitionAssignmentsRequestTopic()
	partition := kmsg.NewAlterPartitionAssignmentsRequestTopicPartition()
	topic.Topic, partition.Replicas = name, to
	topic.Partitions = append(topic.Partitions, partition)
	request.Topics = append(request.Topics, topic)
	response, err := request.RequestWith(t.Context(), client.narrow)
	if err == nil {
		err = kerr.ErrorForCode(response.Topics[0].Partitions[0].ErrorCode)
	}
	if err != nil {
		t.Fatal(fmt.Errorf("move %s: %w", name, err))
	}
}
