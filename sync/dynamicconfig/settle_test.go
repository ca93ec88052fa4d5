package dynamicconfig

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
)

// world is one broker and what Kafka describes of it and of all brokers.
type world struct {
	cluster  Cluster
	of, all  []sync.ConfigEntry
	unknown  string
	settled  *Settled
	commands []string
}

// settle settles, and takes the answer's record for the next call.
func (w *world) settle(t *testing.T) {
	t.Helper()
	facts := &sync.KafkaFacts{Configs: sync.Known([]sync.DescribedConfigs{
		{Resource: w.cluster.Brokers[0].resource(), Entries: w.of, Unknown: w.unknown},
		{Resource: sync.ConfigResource{Type: sync.BrokerConfig}, Entries: w.all, Unknown: w.unknown},
	})}
	w.settled = w.cluster.Settle(facts)
	w.commands = nil
	for _, command := range w.settled.Commands {
		w.commands = append(w.commands, command.String())
	}
	w.keep()
}

func (w *world) keep() {
	w.cluster.Record = w.settled.Wide()
	w.cluster.Brokers[0].Record, w.cluster.Brokers[0].State = w.settled.Broker(1)
}

// refuse lets every command fail.
func (w *world) refuse(why string) {
	var outcomes sync.Outcomes
	for _, command := range w.settled.Commands {
		outcomes = append(outcomes, sync.Outcome{Command: command, Err: errors.New(why)})
	}
	w.settled = w.settled.Refused(outcomes)
	w.keep()
}

func (w *world) expect(
	t *testing.T, reason sync.Reason, state v1beta1.PerBrokerConfigurationState, commands ...string,
) {
	t.Helper()
	_, got, message := w.settled.Verdict()
	if got != reason {
		t.Errorf("the reason is %s (%s), want %s", got, message, reason)
	}
	if w.cluster.Brokers[0].State != state {
		t.Errorf("the state is %s (%s), want %s", w.cluster.Brokers[0].State, message, state)
	}
	if diff := cmp.Diff(commands, w.commands); diff != "" {
		t.Errorf("commands -want +got:\n%s", diff)
	}
}

func (w *world) says(t *testing.T, parts ...string) {
	t.Helper()
	_, _, message := w.settled.Verdict()
	for _, part := range parts {
		if !strings.Contains(message, part) {
			t.Errorf("the message %q lacks %q", message, part)
		}
	}
}

func newWorld(wide, own map[string]string) *world {
	return &world{cluster: Cluster{Salt: "uid", Wide: wide, Brokers: []Broker{{
		ID: 1, Version: v1beta1.KafkaVersion{Major: 4, Minor: 1}, Up: true, Config: own,
	}}}}
}

const (
	inSync    = v1beta1.PerBrokerConfigInSync
	outOfSync = v1beta1.PerBrokerConfigOutOfSync
	failed    = v1beta1.PerBrokerConfigError
)

func set(key, value string) sync.ConfigEntry {
	return sync.ConfigEntry{Name: key, Value: value, Source: sync.SourceBroker}
}

func setForAll(key, value string) sync.ConfigEntry {
	return sync.ConfigEntry{Name: key, Value: value, Source: sync.SourceDefaultBroker}
}

// A key is written down first, then set, then seen; dropped, it is deleted and leaves the record when it is gone.
func TestAKeyFromTheSpecToKafkaAndBack(t *testing.T) {
	w := newWorld(nil, map[string]string{"num.io.threads": "4"})
	w.of = []sync.ConfigEntry{{Name: "num.io.threads", Value: "8", Source: sync.SourceDefault}}
	w.settle(t)
	w.expect(t, sync.ConfigPending, outOfSync)
	if diff := cmp.Diff([]string{"num.io.threads"}, w.cluster.Brokers[0].Record.Keys); diff != "" {
		t.Errorf("recorded keys -want +got:\n%s", diff)
	}
	w.settle(t)
	w.expect(t, sync.ConfigPending, outOfSync, "set num.io.threads=4 of broker 1")
	w.of = []sync.ConfigEntry{set("num.io.threads", "4")}
	w.settle(t)
	w.expect(t, sync.AsExpected, inSync)

	w.cluster.Brokers[0].Config = nil
	w.settle(t)
	w.expect(t, sync.ConfigPending, outOfSync, "set no num.io.threads of broker 1")
	w.settle(t) // the answer was lost: it is told again
	w.expect(t, sync.ConfigPending, outOfSync, "set no num.io.threads of broker 1")
	w.of = []sync.ConfigEntry{{Name: "num.io.threads", Value: "8", Source: sync.SourceDefault}}
	w.settle(t)
	w.expect(t, sync.AsExpected, inSync)
	if diff := cmp.Diff(v1beta1.DynamicConfigStatus{}, w.cluster.Brokers[0].Record); diff != "" {
		t.Errorf("what is left -want +got:\n%s", diff)
	}
}

// The same value, not set here, is set: it must not change with what is below it.
func TestAValueThatOnlyHappensToBeInForceIsSet(t *testing.T) {
	w := newWorld(nil, map[string]string{"num.io.threads": "8"})
	w.cluster.Brokers[0].Record.Keys = []string{"num.io.threads"}
	w.of = []sync.ConfigEntry{setForAll("num.io.threads", "8")}
	w.settle(t)
	w.expect(t, sync.ConfigPending, outOfSync, "set num.io.threads=8 of broker 1")
}

func TestDriftIsCorrectedOnOurKeysOnly(t *testing.T) {
	w := newWorld(map[string]string{"log.retention.ms": "1000"}, nil)
	w.cluster.Record.Keys = []string{"log.retention.ms"}
	w.all = []sync.ConfigEntry{setForAll("log.retention.ms", "999"), setForAll("background.threads", "3")}
	w.of = []sync.ConfigEntry{setForAll("log.retention.ms", "999"), set("num.io.threads", "3")}
	w.settle(t)
	w.expect(t, sync.ConfigPending, inSync, "set log.retention.ms=1000 of all brokers")

	w.all = []sync.ConfigEntry{setForAll("log.retention.ms", "1000")}
	w.of = []sync.ConfigEntry{set("log.retention.ms", "5")}
	w.settle(t)
	w.expect(t, sync.ConfigOverridden, inSync)
	w.says(t, "log.retention.ms is set in Kafka for the broker itself", "(broker 1)")
}

func TestRefusal(t *testing.T) {
	w := newWorld(nil, map[string]string{"num.io.threads": "99", "log.retention.ms": "5"})
	w.cluster.Brokers[0].Record.Keys = []string{"log.retention.ms", "num.io.threads"}
	w.settle(t)
	w.expect(t, sync.ConfigPending, outOfSync, "set log.retention.ms=5, num.io.threads=99 of broker 1")
	w.refuse("should not be greater than double the current value 8")
	w.expect(t, sync.ConfigRefused, failed, w.commands...)
	w.says(t, "log.retention.ms, num.io.threads: should not be greater than double the current value 8 (broker 1)")

	// From then on each key for itself.
	w.settle(t)
	w.expect(t, sync.ConfigPending, outOfSync, "set log.retention.ms=5 of broker 1", "set num.io.threads=99 of broker 1")
	w.settled.Commands = w.settled.Commands[1:]
	w.refuse("should not be greater than double the current value 8")
	w.of = []sync.ConfigEntry{set("log.retention.ms", "5")}
	w.says(t, "Kafka did not take a change of num.io.threads: should not")

	// A broker that can not be asked any more keeps its error.
	w.unknown = "broker 1 did not answer in time"
	w.settle(t)
	w.expect(t, sync.ConfigRefused, failed)
	w.unknown = ""
	w.cluster.Brokers[0].Config["num.io.threads"] = "9"
	w.settle(t)
	w.of = append(w.of, set("num.io.threads", "9"))
	w.settle(t)
	w.expect(t, sync.AsExpected, inSync)
}

func TestSecretsAreSetWhenTheyChangeAndNeverShown(t *testing.T) {
	const key = "listener.name.tls.ssl.keystore.password"
	w := newWorld(nil, map[string]string{key: "geheim", "my.plugin.token": "auch"})
	w.settle(t)
	w.settle(t)
	w.expect(t, sync.ConfigPending, outOfSync,
		"set listener.name.tls.ssl.keystore.password=[redacted], my.plugin.token=[redacted] of broker 1")
	hidden := func(name string) sync.ConfigEntry {
		return sync.ConfigEntry{Name: name, Source: sync.SourceBroker, Sensitive: true, ReadOnly: true}
	}
	w.of = []sync.ConfigEntry{hidden(key), hidden("my.plugin.token")}
	w.settle(t)
	w.expect(t, sync.AsExpected, inSync)
	w.cluster.Brokers[0].Config[key] = "neu"
	w.settle(t)
	w.expect(t, sync.ConfigPending, outOfSync, w.commands...)
	if len(w.commands) != 1 {
		t.Fatalf("a changed secret gives the commands %q", w.commands)
	}
	w.refuse("keystore was tampered with")
	w.settle(t)
	if len(w.commands) != 2 {
		t.Errorf("a refused secret is not set again: %q", w.commands)
	}
	w.settle(t)
	w.expect(t, sync.AsExpected, inSync)
	if _, _, message := w.settled.Verdict(); strings.Contains(message, "neu") {
		t.Errorf("the message shows the secret: %s", message)
	}
}

func TestReferencesToProvidersAreNotCompared(t *testing.T) {
	w := newWorld(map[string]string{"log.retention.ms": "${env:RETENTION}"}, nil)
	w.settle(t)
	w.settle(t)
	w.expect(t, sync.ConfigPending, inSync, "set log.retention.ms=${env:RETENTION} of all brokers")
	w.all = []sync.ConfigEntry{setForAll("log.retention.ms", "5")}
	w.settle(t)
	w.expect(t, sync.AsExpected, inSync)
}

func TestWrongPlaces(t *testing.T) {
	w := newWorld(
		map[string]string{
			"log.retention.hours": "72", "ssl.client.auth": "required", "ssl.keystore.type": "PEM", "listeners": "A://:1",
			"listener.name.a.ssl.keystore.type": "PEM", "listener.name.a.my.plugin": "1", "log.retention.ms": "5",
		},
		map[string]string{"num.partitions": "3", "ssl.keystore.type": "PEM", "advertised.listeners": "A://b:1"},
	)
	w.settle(t)
	w.settle(t)
	w.expect(t, sync.ConfigMisplaced, failed, "set log.retention.ms=5 of all brokers")
	w.says(t,
		"log.retention.hours can not be changed without a restart: move it from clusterWideConfig to readOnlyConfig;",
		"ssl.client.auth is dynamic for one broker only: move it from clusterWideConfig to brokerConfig.config",
		"as listener.name.<name>.ssl.keystore.type", "listeners is made of listenersConfig: take it out of clusterWideConfig",
		"listener.name.a.my.plugin is dynamic for one broker only", "listener.name.a.ssl.keystore.type is dynamic for one",
		"num.partitions can not be changed without a restart: move it from brokerConfig.config to readOnlyConfig (broker 1)",
		"ssl.keystore.type is dynamic for a listener only: name it listener.name.<name>.ssl.keystore.type",
		"advertised.listeners is made of listenersConfig: take it out of brokerConfig.config (broker 1)",
	)
}

// A dynamic value outweighs the file, whether the CR or somebody else has set it.
func TestReadOnlyConfigWithoutEffect(t *testing.T) {
	w := newWorld(map[string]string{"log.retention.ms": "5"}, map[string]string{"num.io.threads": "4"})
	w.cluster.Brokers[0].File = map[string]string{
		"log.retention.ms": "7", "num.io.threads": "7", minISR: "2", "auto.create.topics.enable": "false",
	}
	w.cluster.Record.Keys, w.cluster.Brokers[0].Record.Keys = []string{"log.retention.ms"}, []string{"num.io.threads"}
	w.all = []sync.ConfigEntry{setForAll("log.retention.ms", "5"), setForAll(minISR, "2")}
	w.of = []sync.ConfigEntry{setForAll("log.retention.ms", "5"), set("num.io.threads", "4"), setForAll(minISR, "2")}
	w.settle(t)
	w.expect(t, sync.AsExpected, inSync)
	w.says(t, "log.retention.ms of readOnlyConfig has no effect: clusterWideConfig outweighs it (broker 1)",
		"num.io.threads of readOnlyConfig has no effect: brokerConfig.config outweighs it (broker 1)")

	w.of[2] = setForAll(minISR, "1")
	w.settle(t)
	w.expect(t, sync.ConfigOverridden, inSync)
	w.says(t, "min.insync.replicas=2 of readOnlyConfig has no effect: 1 is set in Kafka and outweighs it")
}

func TestABrokerThatIsDown(t *testing.T) {
	w := newWorld(nil, map[string]string{"num.io.threads": "4"})
	w.of = []sync.ConfigEntry{set("num.io.threads", "4")}
	w.settle(t)
	w.expect(t, sync.AsExpected, inSync)
	w.cluster.Brokers[0].Up = false
	w.settle(t)
	w.expect(t, sync.AsExpected, inSync) // Kafka keeps it
	w.cluster.Brokers[0].Config["num.io.threads"] = "5"
	w.settle(t)
	w.expect(t, sync.KafkaUnknown, outOfSync)
	w.says(t, "it is not ready (broker 1)")
}

func TestControllersTakeNoneOfTheirOwn(t *testing.T) {
	w := newWorld(nil, map[string]string{"num.io.threads": "4"})
	w.cluster.Brokers[0].Controller = true
	w.settle(t)
	w.expect(t, sync.AsExpected, inSync)
	w.says(t, "brokerConfig.config changes nothing of a node that is only a controller")
	if questions := w.cluster.Questions(); len(questions) > 0 {
		t.Errorf("a controller is asked: %v", questions)
	}
}

// A broker that leaves is emptied as it is, and begins anew under its id.
func TestALeavingBrokerKeepsWhatItHasUntilItIsEmpty(t *testing.T) {
	w := newWorld(nil, nil)
	b := &w.cluster.Brokers[0]
	b.Record, b.State, b.Leaving = v1beta1.DynamicConfigStatus{Keys: []string{"num.io.threads"}}, inSync, true
	w.of = []sync.ConfigEntry{set("num.io.threads", "4")}
	w.settle(t)
	w.expect(t, sync.AsExpected, inSync)
	b.Leaving = false
	w.settle(t)
	w.expect(t, sync.ConfigPending, outOfSync, "set no num.io.threads of broker 1")
}

// What Koperator has set of its generated configuration goes once it can harm nobody.
func TestWhatKoperatorLeft(t *testing.T) {
	w := newWorld(nil, nil)
	b := &w.cluster.Brokers[0]
	b.Koperator = true
	w.of = []sync.ConfigEntry{set("listeners", "A://:1"), {Name: "ssl.client.auth", Source: sync.SourceDefault}}
	w.settle(t)
	w.expect(t, sync.AsExpected, inSync)
	w.says(t, "listeners is as Koperator has set it in Kafka, until the next restart (broker 1)")
	b.Restarted = true
	w.settle(t)
	w.expect(t, sync.ConfigPending, outOfSync, "set no listeners of broker 1")
	w.refuse("it is in use")
	w.settle(t)
	w.expect(t, sync.ConfigPending, outOfSync, "set no listeners of broker 1")
	w.of = nil
	w.settle(t)
	w.expect(t, sync.AsExpected, inSync)
}

func TestQuestions(t *testing.T) {
	w := newWorld(map[string]string{"log.retention.ms": "5"}, map[string]string{"num.io.threads": "4"})
	w.cluster.Brokers[0].Record.Keys = []string{"background.threads"}
	w.cluster.Record.Keys = []string{"message.max.bytes"}
	w.cluster.Brokers[0].File = map[string]string{minISR: "2"}
	want := []sync.ConfigQuestion{
		{
			Resource: sync.ConfigResource{Type: sync.BrokerConfig, Name: "1"},
			Keys:     []string{"background.threads", "log.retention.ms", "message.max.bytes", minISR, "num.io.threads"},
		},
		{
			Resource: sync.ConfigResource{Type: sync.BrokerConfig},
			Keys:     []string{"log.retention.ms", "message.max.bytes", minISR},
		},
	}
	if diff := cmp.Diff(want, w.cluster.Questions()); diff != "" {
		t.Errorf("questions -want +got:\n%s", diff)
	}
	w.cluster.Brokers[0].Up = false
	if questions := w.cluster.Questions(); len(questions) > 0 {
		t.Errorf("with no broker up, these are asked: %v", questions)
	}
	if questions := newWorld(nil, nil).cluster.Questions(); len(questions) > 0 {
		t.Errorf("without a dynamic configuration, these are asked: %v", questions)
	}
}

// More changes than fit one call go with the next ones, and are not taken for done.
func TestCommandsAreBounded(t *testing.T) {
	c := Cluster{}
	var all []sync.DescribedConfigs
	for id := range int32(mostCommands + 20) {
		c.Brokers = append(c.Brokers, Broker{
			ID: id, Up: true, Config: map[string]string{"num.io.threads": "4"},
			Record: v1beta1.DynamicConfigStatus{Keys: []string{"num.io.threads"}},
		})
		all = append(all, sync.DescribedConfigs{Resource: c.Brokers[id].resource()})
	}
	settled := c.Settle(&sync.KafkaFacts{Configs: sync.Known(all)})
	if len(settled.Commands) != mostCommands {
		t.Errorf("%d commands are sent, want %d", len(settled.Commands), mostCommands)
	}
	if record, state := settled.Broker(mostCommands + 1); record.Applied != "" || state != outOfSync {
		t.Errorf("what was not sent counts as applied: %v, %s", record, state)
	}
	if status, _, message := settled.Verdict(); status != metav1.ConditionFalse || len(message) > 200 {
		t.Errorf("%s: %s", status, message)
	}
}
