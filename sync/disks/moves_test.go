package disks

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
	"github.com/kompositor/kompositor/sync/graceful"
)

// operation is one as the API server shows it.
func operation(kind, parameter, targets, task string) sync.Referenced {
	return sync.Referenced{
		Meta:   sync.Meta{Name: "seen", Namespace: "kafka", UID: "uid"},
		Spec:   jsontext.Value(fmt.Sprintf(`{"operation":%q,"parameters":{%q:%q}}`, kind, parameter, targets)),
		Status: jsontext.Value(`{"currentTask":` + task + `}`),
	}
}

const (
	waiting  = `{}`
	moving   = `{"state":"InExecution"}`
	finished = `{"state":"Completed","finished":"2026-01-01T00:00:00Z"}`
)

// removal and rebalance are operations for the disk /b and the disks of broker 7.
func removal(task string) sync.Referenced {
	return operation("remove_disks", graceful.BrokerLogDirs, "7-/b/kafka", task)
}

func rebalance(task string) sync.Referenced {
	return operation("rebalance", graceful.Destinations, "7", task)
}

// moved is a situation in which broker 7 runs with the disks /a and /b, and what is made of it.
type moved struct {
	Situation
	waits      string
	operations []sync.Referenced
}

func newMoved(listed ...string) *moved {
	b := newBroker()
	b.Listed, b.Configured = listed, []string{"/a/kafka", "/b/kafka"}
	b.Claims = []*sync.PersistentVolumeClaim{newClaim("a"), newClaim("b")}
	for _, claim := range b.Claims {
		claim.Annotations.Values = map[string]string{children.MountPathAnnotation: "/" + claim.Name}
	}
	mount(b.Pods[0], "b")
	kafka := newKafka()
	dirs, _ := kafka.LogDirs.Get()
	dirs[0].Dirs[1].Replicas = 1
	return &moved{Situation: Situation{
		Nodes: []Node{{Broker: *b, Ready: true}}, Kafka: kafka, Started: true,
		Now: time.Date(2026, time.January, 1, 0, 2, 0, 0, time.UTC),
	}}
}

// remembers is what the status says of the disk /b.
func (m *moved) remembers(word v1beta1.CruiseControlVolumeState) {
	m.Nodes[0].States = map[string]v1beta1.VolumeState{"/b": state(word, "seen")}
}

// check decides, and compares the state of the disk /b, the operations that are listed, and what is awaited.
func (m *moved) check(t *testing.T, word, listed, waits string) {
	t.Helper()
	parent := &v1beta1.KafkaCluster{ObjectMeta: metav1.ObjectMeta{Name: "demo", Namespace: "kafka"}}
	m.Operations = graceful.NewSet(children.NewCluster(parent, "", children.Quorum{}, nil), m.operations, m.waits)
	moves := m.Move()
	if got := string(moves.States[7]["/b"].CruiseControlVolumeState); got != word {
		t.Errorf("state %q, want %q", got, word)
	}
	checkWhy(t, moves.Waits[7], waits)
	var names []string
	for _, child := range m.Operations.Children() {
		name := child.Name
		if text, err := json.Marshal(child); err == nil && name != "seen" {
			var made v1alpha1.CruiseControlOperation
			if err := json.Unmarshal(text, &made); err != nil {
				t.Fatal(err)
			}
			name = made.Spec.Parameters[graceful.BrokerLogDirs] + made.Spec.Parameters[graceful.Destinations]
		}
		names = append(names, name)
	}
	if got := strings.Join(names, " "); got != listed {
		t.Errorf("operations %q, want %q", got, listed)
	}
}

func TestDisksAreEmptied(t *testing.T) {
	const target = "7-/b/kafka"
	for name, c := range map[string]struct {
		given               func(*moved)
		word, listed, waits string
	}{
		"it holds a replica": {func(*moved) {}, "Scheduled", target, "its task is about to be started"},
		"it is being emptied": {func(m *moved) {
			m.operations = []sync.Referenced{removal(moving)}
		}, "Running", "seen", "which is under way"},
		"it is empty": {func(m *moved) { m.dir("/b/kafka", 0, "") }, "Succeeded", "", ""},
		"it is empty, and the task still runs": {func(m *moved) {
			m.dir("/b/kafka", 0, "")
			m.operations = []sync.Referenced{removal(moving)}
		}, "Succeeded", "seen", ""},
		"it is offline": {func(m *moved) { m.dir("/b/kafka", 1, "KAFKA_STORAGE_ERROR") }, "Required", "", ""},
		"nobody knows": {func(m *moved) {
			m.Kafka.LogDirs = sync.UnknownFact[[]sync.BrokerLogDirs]("it is late")
		}, "Required", "", ""},
		"its broker is not ready": {func(m *moved) { m.Nodes[0].Ready = false }, "Required", "", ""},
		"it is the last one":      {func(m *moved) { m.Nodes[0].Last = true }, "Required", "", ""},
		"no operation may be made": {func(m *moved) {
			m.waits = "Cruise Control is away"
		}, "Required", "", "Cruise Control is away"},
		"one has just ended": {func(m *moved) {
			m.Now = m.Now.Add(-90 * time.Second)
			m.operations = []sync.Referenced{removal(finished)}
		}, "Required", "seen", "a minute after its end"},
		"one has ended": {func(m *moved) {
			m.operations = []sync.Referenced{removal(finished)}
		}, "Scheduled", target + " seen", "its task is about to be started"},
		"one is for a disk that is gone": {func(m *moved) {
			m.operations = []sync.Referenced{operation("remove_disks", graceful.BrokerLogDirs, target+",8-/b/kafka", waiting)}
		}, "Scheduled", target, "its task is about to be started"},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMoved("/a/kafka")
			c.given(m)
			m.check(t, "GracefulDiskRemoval"+c.word, c.listed, c.waits)
		})
	}
}

// dir sets what Kafka reports of a log directory.
func (m *moved) dir(path string, replicas int, failure string) {
	dirs, _ := m.Kafka.LogDirs.Get()
	for i := range dirs[0].Dirs {
		if dirs[0].Dirs[i].Path == path {
			dirs[0].Dirs[i].Replicas, dirs[0].Dirs[i].Error = replicas, failure
		}
	}
}

func TestDisksAreFilled(t *testing.T) {
	const prefix = "GracefulDiskRebalance"
	for name, c := range map[string]struct {
		given               func(*moved)
		word, listed, waits string
	}{
		"the broker always had it": {func(*moved) {}, "", "", ""},
		"it is new": {func(m *moved) {
			m.remembers(prefix + "Required")
		}, prefix + "Scheduled", "7", "its task is about to be started"},
		"it is new and not mounted yet": {func(m *moved) {
			m.Nodes[0].Configured = []string{"/a/kafka"}
		}, prefix + "Required", "", "every broker is to run with its own first"},
		"it came before Cruise Control": {func(m *moved) {
			m.Nodes[0].Configured, m.Started = []string{"/a/kafka"}, false
		}, prefix + "Succeeded", "", ""},
		"another broker does not run with its own": {func(m *moved) {
			m.remembers(prefix + "Required")
			other := m.Nodes[0]
			other.ID, other.Ready = 8, false
			m.Nodes = append(m.Nodes, other)
		}, prefix + "Required", "", "every broker is to run with its own first"},
		"it is being filled": {func(m *moved) {
			m.remembers(prefix + "Scheduled")
			m.operations = []sync.Referenced{rebalance(moving)}
		}, prefix + "Running", "seen", "which is under way"},
		"it is filled": {func(m *moved) {
			m.remembers(prefix + "Running")
			m.operations = []sync.Referenced{rebalance(finished)}
		}, prefix + "Succeeded", "seen", ""},
		"the operation was deleted": {func(m *moved) {
			m.remembers(prefix + "Running")
		}, prefix + "Scheduled", "7", "its task is about to be started"},
		"its removal was taken back": {func(m *moved) {
			m.remembers("GracefulDiskRemovalRunning")
			m.operations = []sync.Referenced{removal(moving)}
		}, prefix + "Scheduled", "7", "its task is about to be started"},
		"its removal was taken back before it began": {func(m *moved) {
			m.remembers("GracefulDiskRemovalScheduled")
			m.operations = []sync.Referenced{removal(waiting)}
		}, "", "", ""},
		"it was listed again, and the broker runs without it": {func(m *moved) {
			m.remembers("GracefulDiskRemovalSucceeded")
			m.Nodes[0].Configured = []string{"/a/kafka"}
			m.Nodes[0].Pods[0].Spec.Volumes = m.Nodes[0].Pods[0].Spec.Volumes[:1]
		}, "GracefulDiskRemovalSucceeded", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMoved("/a/kafka", "/b/kafka")
			c.given(m)
			m.check(t, c.word, c.listed, c.waits)
		})
	}
}
