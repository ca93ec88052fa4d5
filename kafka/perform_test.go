package kafka

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kompositor/kompositor/sync"
)

// user of the adapter: asks and performs against one cluster.
type user struct {
	t       *testing.T
	adapter *Adapter
	to      sync.ToKafka
	metrics *prometheus.Registry
}

func newUser(t *testing.T, connection sync.KafkaConnection) *user {
	t.Helper()
	registry := prometheus.NewRegistry()
	adapter := New(Options{Registerer: registry})
	u := &user{t: t, adapter: adapter, to: sync.ToKafka{Connection: connection}, metrics: registry}
	t.Cleanup(func() { _ = u.adapter.Close() })
	return u
}

func (u *user) ask(questions sync.KafkaQuestions) sync.KafkaFacts {
	u.t.Helper()
	ctx, cancel := context.WithTimeout(u.t.Context(), 3*time.Second)
	defer cancel()
	questions.Connection = u.to.Connection
	return u.adapter.Answer(ctx, sync.Questions{Kafka: &questions}).Kafka
}

func (u *user) perform(command sync.Command) error {
	u.t.Helper()
	ctx, cancel := context.WithTimeout(u.t.Context(), 3*time.Second)
	defer cancel()
	return u.adapter.Perform(ctx, []sync.Command{command})[0].Err
}

// done performs a command twice: the second time there is nothing left to do, and that is a success too.
func (u *user) done(command sync.Command) {
	u.t.Helper()
	for _, time := range []string{"first", "second"} {
		if err := u.perform(command); err != nil {
			u.t.Fatalf("the %s time: %v", time, err)
		}
	}
}

// refused performs a command that Kafka does not accept.
func (u *user) refused(command sync.Command, code error, words ...string) {
	u.t.Helper()
	err := u.perform(command)
	if !errors.Is(err, code) {
		u.t.Errorf("%s: got error %v, want %v", command, err, code)
		return
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			u.t.Errorf("got %q, want it to say %q", err, word)
		}
	}
}

func known[T any](t *testing.T, fact sync.Fact[T]) T {
	t.Helper()
	value, ok := fact.Get()
	if !ok {
		t.Fatalf("unknown: %s", fact.Why())
	}
	return value
}

// patience bounds one wait; Java machines that share two cores start slowly.
const patience = 60 * time.Second

// until polls, because what it waits for tells nobody.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited %s in vain for %s", patience, what)
		}
	}
}

func TestTopicLives(t *testing.T) {
	u := newUser(t, plaintext(fake(t).ListenAddrs()...))
	orders := func() sync.Topic { return known(t, u.ask(sync.KafkaQuestions{Topic: "orders"}).Topic) }
	if orders().Exists {
		t.Error("a topic exists that nobody made")
	}
	u.done(sync.CreateTopic{
		ToKafka: u.to, Topic: "orders", Partitions: 2, ReplicationFactor: 3,
		Config: map[string]string{"retention.ms": "1000"},
	})
	topic := orders()
	if !topic.Exists || len(topic.Partitions) != 2 || len(topic.Partitions[0].Replicas) != 3 || len(topic.ID) != 22 ||
		topic.Partitions[0].MinISR != 1 {
		t.Errorf("got %+v", topic)
	}
	want := sync.ConfigEntry{Name: "retention.ms", Value: "1000", Source: sync.SourceTopic}
	if got, _ := topic.Entry("retention.ms"); got != want {
		t.Errorf("got %+v", got)
	}
	u.done(sync.CreatePartitions{ToKafka: u.to, Topic: "orders", Total: 5})
	u.refused(sync.CreatePartitions{ToKafka: u.to, Topic: "orders", Total: 4}, kerr.InvalidPartitions)
	u.done(sync.AlterConfigs{
		ToKafka: u.to, Resource: sync.ConfigResource{Type: sync.TopicConfig, Name: "orders"},
		Set: map[string]string{"min.insync.replicas": "2"}, Delete: []string{"retention.ms"},
	})
	topic = orders()
	if entry, _ := topic.Entry("retention.ms"); entry.Source == sync.SourceTopic || len(topic.Partitions) != 5 ||
		topic.Partitions[4].MinISR != 2 {
		t.Errorf("got %+v", topic)
	}
	u.done(sync.DeleteTopic{ToKafka: u.to, Topic: "orders"})
	if orders().Exists {
		t.Error("a deleted topic exists")
	}
}

func TestConfigsGoWhereTheyBelong(t *testing.T) {
	cluster := fake(t, kfake.SeedTopics(1, "orders"))
	u := newUser(t, plaintext(cluster.ListenAddrs()...))
	all, one := sync.ConfigResource{Type: sync.BrokerConfig}, sync.ConfigResource{Type: sync.BrokerConfig, Name: "1"}
	// The fake keeps one configuration for all brokers, but refuses, as Kafka does, what is sent to the wrong one.
	keys := []string{"log.retention.ms", "log.segment.bytes"}
	u.done(sync.AlterConfigs{ToKafka: u.to, Resource: all, Set: map[string]string{keys[0]: "7200000"}})
	u.done(sync.AlterConfigs{ToKafka: u.to, Resource: one, Set: map[string]string{keys[1]: "3600000"}})
	resources := []sync.ConfigQuestion{
		{Resource: all, Keys: keys[:1]},
		{Resource: one, Keys: keys[1:]},
		{Resource: sync.ConfigResource{Type: sync.TopicConfig, Name: "orders"}, Keys: []string{"retention.ms", "segment.ms"}},
		{Resource: sync.ConfigResource{Type: sync.TopicConfig, Name: "gone"}},
		{Resource: sync.ConfigResource{Type: sync.BrokerConfig, Name: "77"}},
		{Resource: sync.ConfigResource{Type: sync.BrokerConfig, Name: "all"}},
	}
	described := known(t, u.ask(sync.KafkaQuestions{Configs: resources}).Configs)
	if len(described) != len(resources) {
		t.Fatalf("got %d answers", len(described))
	}
	for i, want := range []string{"7200000", "3600000"} {
		if entry, _ := described[i].Entry(keys[i]); entry.Value != want {
			t.Errorf("%s: got %+v", resources[i].Resource, described[i])
		}
	}
	if len(described[2].Entries) != 2 || described[2].Unknown != "" {
		t.Errorf("two keys were asked for, got %+v", described[2])
	}
	for i, want := range []string{"no such topic", "not listed among the live", "no broker id"} {
		if got := described[i+3].Unknown; !strings.Contains(got, want) {
			t.Errorf("got %q, want it to say %q", got, want)
		}
	}
}

func TestFeatures(t *testing.T) {
	u := newUser(t, plaintext(fake(t).ListenAddrs()...))
	before := known(t, u.ask(sync.KafkaQuestions{Features: true}).Features)
	if !cmp.Equal(before.Brokers, []int32{0, 1, 2}) || before.Supported["metadata.version"].Max == 0 {
		t.Fatalf("got %+v", before)
	}
	highest := before.Supported["metadata.version"].Max
	u.done(sync.UpdateFeature{ToKafka: u.to, Feature: "metadata.version", Level: highest})
	// One that is higher already is left alone.
	u.done(sync.UpdateFeature{ToKafka: u.to, Feature: "metadata.version", Level: highest - 1})
	after := known(t, u.ask(sync.KafkaQuestions{Features: true}).Features)
	if after.Finalized["metadata.version"] != highest {
		t.Errorf("got %+v", after)
	}
	if err := u.perform(sync.UpdateFeature{ToKafka: u.to, Feature: "metadata.version"}); err == nil {
		t.Error("a feature was removed")
	}
}

func TestReadFeaturesKeepsWhatAllSupport(t *testing.T) {
	supporting := func(epoch int64, finalized int16, ranges map[string]sync.FeatureRange) *kmsg.ApiVersionsResponse {
		response := kmsg.NewPtrApiVersionsResponse()
		for name, levels := range ranges {
			feature := kmsg.NewApiVersionsResponseSupportedFeature()
			feature.Name, feature.MinVersion, feature.MaxVersion = name, levels.Min, levels.Max
			response.SupportedFeatures = append(response.SupportedFeatures, feature)
		}
		level := kmsg.NewApiVersionsResponseFinalizedFeature()
		level.Name, level.MaxVersionLevel = "metadata.version", finalized
		response.FinalizedFeatures, response.FinalizedFeaturesEpoch = append(response.FinalizedFeatures, level), epoch
		return response
	}
	got := readFeatures([]*kmsg.ApiVersionsResponse{
		supporting(5, 21, map[string]sync.FeatureRange{"metadata.version": {Min: 7, Max: 25}, "kraft.version": {Max: 1}}),
		supporting(4, 20, map[string]sync.FeatureRange{"metadata.version": {Min: 1, Max: 21}}),
	})
	want := sync.Features{
		Finalized: map[string]int16{"metadata.version": 21},
		Supported: map[string]sync.FeatureRange{"metadata.version": {Min: 7, Max: 21}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("read differently (-want +got):\n%s", diff)
	}
}
