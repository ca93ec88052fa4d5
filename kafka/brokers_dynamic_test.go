//go:build brokers

package kafka

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/dynamicconfig"
)

// operator makes of a real broker's dynamic configuration what a CR asks for, call by call, as sync/cluster does.
type operator struct {
	*user
	cluster dynamicconfig.Cluster
	settled *dynamicconfig.Settled
	sent    int
}

// call is one call: ask, settle, perform, and keep the record.
func (o *operator) call() {
	o.t.Helper()
	facts := o.ask(sync.KafkaQuestions{Cluster: true, Configs: o.cluster.Questions()})
	o.settled = o.cluster.Settle(&facts)
	var outcomes sync.Outcomes
	for _, command := range o.settled.Commands {
		outcomes = append(outcomes, sync.Outcome{Command: command, Err: o.perform(command)})
	}
	if o.sent = len(outcomes); outcomes.Failed() {
		o.settled = o.settled.Refused(outcomes)
	}
	o.cluster.Record = o.settled.Wide()
	o.cluster.Brokers[0].Record, o.cluster.Brokers[0].State = o.settled.Broker(0)
}

// settles calls until there is a verdict, and then sees that a further call sends nothing.
func (o *operator) settles(reason sync.Reason, words ...string) {
	o.t.Helper()
	message := ""
	until(o.t, string(reason), func() bool {
		var got sync.Reason
		time.Sleep(200 * time.Millisecond) // brokers read their changes from the metadata log
		o.call()
		_, got, message = o.settled.Verdict()
		return got == reason
	})
	for _, word := range words {
		if !strings.Contains(message, word) {
			o.t.Errorf("got %q, want it to say %q", message, word)
		}
	}
	if o.call(); reason == sync.AsExpected && o.sent > 0 {
		o.t.Errorf("it has settled, and %d commands are sent", o.sent)
	}
}

// has reads a key of the broker, or of all brokers for an empty name.
func (o *operator) has(name, key string) sync.ConfigEntry {
	o.t.Helper()
	of := sync.ConfigQuestion{Resource: sync.ConfigResource{Type: sync.BrokerConfig, Name: name}, Keys: []string{key}}
	described := known(o.t, o.ask(sync.KafkaQuestions{Configs: []sync.ConfigQuestion{of}}).Configs)
	entry, _ := described[0].Entry(key)
	return entry
}

// A broker takes up every change while it runs, and describes it in other words than it was told.
func TestBrokersTakeUpDynamicConfiguration(t *testing.T) {
	eachVersion(t, func(t *testing.T, home string) {
		c := start(t, home, shape{size: 1, properties: "min.insync.replicas=2"})
		o := &operator{user: newUser(t, c.to())}
		o.cluster.Connection, o.cluster.Salt = o.to.Connection, "uid"
		o.cluster.Brokers = []dynamicconfig.Broker{{
			Version: v1beta1.KafkaVersionOfImage("kafka:" + strings.Split(t.Name(), "/")[1]), Up: true,
		}}
		process := c.all[0].cmd.Process.Pid
		o.dynamicChanges()
		o.dynamicDrift()
		o.dynamicMistakes()
		o.dynamicLegacy(c)
		if now := c.all[0].cmd.Process.Pid; now != process {
			t.Errorf("the broker was restarted: process %d, then %d", process, now)
		}
	})
}

// dynamicChanges sets values that Kafka writes differently, secrets and a plugin's keys, changes and drops them.
func (o *operator) dynamicChanges() {
	o.t.Helper()
	b := &o.cluster.Brokers[0]
	o.cluster.Wide = map[string]string{
		"log.retention.ms": "86400000", "log.cleanup.policy": "compact , delete", "my.plugin.key": "secret",
		"leader.replication.throttled.rate": "1000000", "listener.name.plain.max.connections": "500",
	}
	b.Config = map[string]string{
		"num.io.threads": "12", "unclean.leader.election.enable": "TRUE", "log.cleaner.min.cleanable.ratio": "0.50",
		"listener.name.tls.ssl.keystore.type": "PKCS12", "listener.name.tls.ssl.keystore.password": "geheim",
		"follower.replication.throttled.rate": "2000000",
	}
	o.settles(sync.AsExpected)
	want := sync.ConfigEntry{Name: "num.io.threads", Value: "12", Source: sync.SourceBroker}
	if diff := cmp.Diff(want, o.has("0", "num.io.threads")); diff != "" {
		o.t.Errorf("-want +got:\n%s", diff)
	}
	b.Config["listener.name.tls.ssl.keystore.password"] = "neu"
	if o.call(); o.sent != 1 {
		o.t.Errorf("a changed secret sends %d commands", o.sent)
	}
	o.settles(sync.AsExpected)
	o.cluster.Wide, b.Config = nil, nil
	o.settles(sync.AsExpected)
	if left := len(o.cluster.Record.Keys) + len(b.Record.Keys); left > 0 {
		o.t.Errorf("%d keys stay on record", left)
	}
	if entry := o.has("0", "num.io.threads"); entry.Source == sync.SourceBroker {
		o.t.Errorf("a dropped key is still there: %+v", entry)
	}
}

// dynamicDrift lets somebody else change keys: of ours, of his own, and of ours for a single broker.
func (o *operator) dynamicDrift() {
	o.t.Helper()
	one, all := sync.ConfigResource{Type: sync.BrokerConfig, Name: "0"}, sync.ConfigResource{Type: sync.BrokerConfig}
	o.cluster.Wide = map[string]string{"log.retention.ms": "86400000"}
	o.settles(sync.AsExpected)
	o.done(sync.AlterConfigs{ToKafka: o.to, Resource: all, Set: map[string]string{
		"log.retention.ms": "1", "background.threads": "9",
	}})
	o.settles(sync.ConfigPending)
	o.settles(sync.AsExpected)
	if ours := o.has("", "log.retention.ms").Value; ours != "86400000" {
		o.t.Errorf("ours was not put right: it is %s", ours)
	}
	if his := o.has("", "background.threads").Value; his != "9" {
		o.t.Errorf("his was not left alone: it is %s", his)
	}
	o.done(sync.AlterConfigs{ToKafka: o.to, Resource: one, Set: map[string]string{"log.retention.ms": "7"}})
	o.settles(sync.ConfigOverridden, "log.retention.ms is set in Kafka for the broker itself")
	o.done(sync.AlterConfigs{ToKafka: o.to, Resource: one, Delete: []string{"log.retention.ms"}})
	o.settles(sync.AsExpected)
}

// dynamicMistakes asks for what Kafka does not take, beside what it takes.
func (o *operator) dynamicMistakes() {
	o.t.Helper()
	b := &o.cluster.Brokers[0]
	b.Config = map[string]string{"num.io.threads": "999", "log.cleaner.threads": "2"}
	o.settles(sync.ConfigRefused, "num.io.threads", "should not be greater than double the current value")
	until(o.t, "the other key", func() bool { o.call(); return o.has("0", "log.cleaner.threads").Value == "2" })
	if b.State != v1beta1.PerBrokerConfigError {
		o.t.Errorf("the state is %s", b.State)
	}
	b.Config["num.io.threads"] = "10"
	o.settles(sync.AsExpected)
	b.Config = map[string]string{"num.partitions": "3", "num.io.threads": "10", "ssl.keystore.type": "PEM"}
	o.settles(sync.ConfigMisplaced,
		"num.partitions can not be changed without a restart", "listener.name.<name>.ssl.keystore")
	if entry := o.has("0", "num.io.threads"); entry.Value != "10" {
		o.t.Errorf("what stands in its place was not set: %+v", entry)
	}
	b.Config = nil
	o.settles(sync.AsExpected)
}

// dynamicLegacy takes back what Koperator has left, and tells what Kafka itself sets.
func (o *operator) dynamicLegacy(c *nodes) {
	o.t.Helper()
	b := &o.cluster.Brokers[0]
	listeners := o.has("0", "listeners").Value
	o.done(sync.AlterConfigs{
		ToKafka: o.to, Resource: sync.ConfigResource{Type: sync.BrokerConfig, Name: "0"},
		Set: map[string]string{"listeners": listeners},
	})
	b.Koperator = true
	o.settles(sync.AsExpected, "listeners is as Koperator has set it in Kafka")
	b.Restarted = true
	o.settles(sync.ConfigPending)
	o.settles(sync.AsExpected)
	if entry := o.has("0", "listeners"); entry.Source != sync.SourceStatic {
		o.t.Errorf("got %+v", entry)
	}
	c.live()
	b.File = map[string]string{"min.insync.replicas": "3"} // as after a restart with another file
	if b.Version.AtLeast(4, 0) {
		o.settles(sync.ConfigOverridden, "min.insync.replicas=3 of readOnlyConfig has no effect: 2 is set in Kafka")
	}
}
