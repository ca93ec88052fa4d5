package takeover

import (
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
)

const asked = "config=1,image=2"

// pod mounts the broker's disk, and a volume of the user's.
const pod = `{"spec": {"volumes": [
	{"name": "kafka-data-0", "persistentVolumeClaim": {"claimName": "kafka-0-storage-0-x7k2p"}},
	{"name": "plugins", "persistentVolumeClaim": {"claimName": "the-users-own"}}
]}}`

// koperators is a broker as Koperator leaves it, with one claim.
func koperators(t *testing.T) *Broker {
	t.Helper()
	broker := &Broker{
		Pod: &sync.Pod{}, Config: &sync.ConfigMap{Meta: sync.Meta{Name: "kafka-config-0"}},
		Claims: []*sync.PersistentVolumeClaim{{Meta: sync.Meta{Name: "kafka-0-storage-0-x7k2p"}}},
		State:  v1beta1.BrokerState{ConfigurationBackup: "H4sI", ConfigurationState: v1beta1.ConfigInSync},
	}
	if err := json.Unmarshal([]byte(pod), broker.Pod); err != nil {
		t.Fatal(err)
	}
	return broker
}

func annotate(values *sync.Annotations, text string) {
	values.Values = map[string]string{AnnotationAsked: text}
}

// frozen is what Frozen lists, as JSON.
func frozen(t *testing.T, b *Broker) string {
	t.Helper()
	text, err := json.Marshal(b.Frozen(asked), sync.Encoding())
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestWhatWasAskedIsNotedOnce(t *testing.T) {
	b := koperators(t)
	if !b.Adopted() || b.Asked() != "" || b.Owed() {
		t.Errorf("a broker of Koperator's: adopted %t, asked %q, owed %t", b.Adopted(), b.Asked(), b.Owed())
	}
	if text := frozen(t, b); !strings.Contains(text, `"`+AnnotationAsked+`":"`+asked+`"`) {
		t.Errorf("nothing is noted: %s", text)
	}
	annotate(&b.Config.Annotations, "config=0,image=2")
	if b.Asked() != "config=0,image=2" || strings.Contains(frozen(t, b), asked) {
		t.Errorf("the note of before is not kept: %q, %s", b.Asked(), frozen(t, b))
	}
	annotate(&b.Pod.Annotations, asked)
	if b.Adopted() || b.Asked() != asked {
		t.Errorf("a Pod of ours: adopted %t, asked %q", b.Adopted(), b.Asked())
	}
}

func TestARestartThatKoperatorOwedStaysOwed(t *testing.T) {
	b := koperators(t)
	b.State.ConfigurationState = v1beta1.ConfigOutOfSync
	if !b.Owed() || !strings.Contains(frozen(t, b), asked+owed) {
		t.Errorf("owed %t, noted %s", b.Owed(), frozen(t, b))
	}
	annotate(&b.Config.Annotations, asked+owed)
	if !b.Owed() || b.Asked() != asked {
		t.Errorf("owed %t, asked %q", b.Owed(), b.Asked())
	}
	annotate(&b.Config.Annotations, asked)
	if b.Owed() {
		t.Error("out of sync by a later change, and owed by Koperator")
	}
	annotate(&b.Pod.Annotations, asked)
	annotate(&b.Config.Annotations, asked+owed)
	if b.Owed() {
		t.Error("its Pod is ours, and Koperator owes it a restart")
	}
}

func TestWhatIsNotFoundIsNamed(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Broker)
		says   string
	}{
		"all of it":    {func(*Broker) {}, ""},
		"nothing":      {func(b *Broker) { b.Pod, b.Config, b.Claims = nil, nil, nil }, "nothing of broker 0 was found"},
		"no ConfigMap": {func(b *Broker) { b.Config = nil }, "not its ConfigMap"},
		"no claim":     {func(b *Broker) { b.Claims = nil }, "not its claim kafka-0-storage-0-x7k2p"},
		"no Pod":       {func(b *Broker) { b.Pod = nil }, ""},
		"new": {func(b *Broker) {
			*b = Broker{State: v1beta1.BrokerState{ConfigurationState: v1beta1.ConfigInSync}}
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := koperators(t)
			c.change(b)
			says := Unfound(&v1beta1.KafkaCluster{ObjectMeta: metav1.ObjectMeta{UID: "u-1"}}, []Broker{*koperators(t), *b})
			if !strings.Contains(says, c.says) || (says == "") != (c.says == "") {
				t.Errorf("it says %q, not %q", says, c.says)
			}
			if says != "" && !strings.Contains(says, "controller-uid=u-1") {
				t.Errorf("it does not say what to do: %s", says)
			}
		})
	}
}

func TestItEndsWithTheFirstDecision(t *testing.T) {
	cluster := &v1beta1.KafkaCluster{}
	cluster.Status.Conditions = []metav1.Condition{{Type: string(sync.Ready)}}
	if !Begins(cluster) {
		t.Error("a cluster that is only held was decided for")
	}
	cluster.Status.Conditions = append(cluster.Status.Conditions, metav1.Condition{Type: string(sync.BrokersReady)})
	if Begins(cluster) {
		t.Error("a cluster whose brokers were judged was not decided for")
	}
}
