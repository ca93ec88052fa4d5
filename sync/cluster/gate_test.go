package cluster

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
	"github.com/kompositor/kompositor/sync/podphase"
)

// The plan commands nothing of the kind, so no case shows that the gate would notice.
func TestGateKeepsCommandsFromStrangers(t *testing.T) {
	o := &Observed{request: &sync.Request{}}
	o.parent.Spec.KRaft, o.parent.Status.ClusterID = true, "ours"
	d := sync.Decision{Commands: []sync.Command{sync.AlterConfigs{Set: map[string]string{"log.retention.ms": "1"}}}}
	for name, of := range map[string]struct {
		cluster sync.Fact[sync.KafkaCluster]
		sent    bool
	}{
		"ours":    {sync.Known(sync.KafkaCluster{ID: "ours"}), true},
		"another": {sync.Known(sync.KafkaCluster{ID: "another"}), false},
		"unknown": {sync.UnknownFact[sync.KafkaCluster]("nobody answers"), false},
	} {
		facts := sync.Facts{Kafka: sync.KafkaFacts{Cluster: of.cluster}}
		if sent := len(guarded(o, facts, d).Commands) > 0; sent != of.sent {
			t.Errorf("%s: sent is %t, want %t", name, sent, of.sent)
		}
	}
}

// The plan asks sync/disks before it takes a log directory away, so no case shows that the gate asks again.
func TestGateKeepsLogDirectories(t *testing.T) {
	drawn := func(dirs string) sync.Child {
		parent := &v1beta1.KafkaCluster{}
		parent.Name = "demo"
		broker := children.Broker{ResolvedBroker: v1beta1.ResolvedBroker{ID: 7}}
		broker.Roles = []v1beta1.ProcessRole{v1beta1.RoleBroker}
		for dir := range strings.SplitSeq(dirs, " ") {
			broker.Volumes = append(broker.Volumes, children.Volume{MountPath: dir})
		}
		c := children.NewCluster(parent, "", children.Quorum{}, []children.Broker{broker})
		return children.ConfigMap(c, &c.Brokers[0], nil)
	}
	claim := &sync.PersistentVolumeClaim{}
	claim.Name, claim.Annotations.Values = "demo-7-storage-1", map[string]string{"mountPath": "/b"}
	b := &broker{id: 7, listed: true, spec: &v1beta1.ResolvedBroker{}, claims: []*sync.PersistentVolumeClaim{claim}}
	o := &Observed{request: &sync.Request{}, brokers: []*broker{b}}
	o.parent.Name = "demo"
	for name, c := range map[string]struct {
		dirs     string
		replicas int
		refused  bool
	}{
		"kept":               {"/a /b", 3, false},
		"taken with data":    {"/a", 3, true},
		"taken and is empty": {"/a", 0, false},
	} {
		facts := sync.Facts{Kafka: sync.KafkaFacts{LogDirs: sync.Known([]sync.BrokerLogDirs{
			{Broker: 7, Dirs: []sync.LogDir{{Path: "/a/kafka"}, {Path: "/b/kafka", Replicas: c.replicas}}},
		})}}
		d := guarded(o, facts, sync.Decision{Children: []sync.Child{drawn(c.dirs)}})
		if refused := slices.Contains(d.Reasons, sync.GateRefused); refused != c.refused {
			t.Errorf("%s: refused is %t, want %t", name, refused, c.refused)
		}
	}
}

// The plan lets nothing of a broker in doubt go, so no case shows that the gate would notice.
func TestGateKeepsWhatMayBeAnothers(t *testing.T) {
	pod := &sync.Pod{Status: sync.PodStatus{Phase: "Failed"}}
	pod.Name = "demo-7"
	d := sync.Decision{Releases: []sync.Release{{Kind: "Pod", Name: "demo-7"}}}
	for doubt, refused := range map[string]bool{"": false, "Pod demo-7 may be another broker's": true} {
		b := &broker{id: 7, listed: true, pods: []*sync.Pod{pod}, doubt: doubt}
		o := &Observed{request: &sync.Request{}, brokers: []*broker{b}}
		if got := slices.Contains(guarded(o, sync.Facts{}, d).Reasons, sync.GateRefused); got != refused {
			t.Errorf("in doubt because %q: refused is %t, want %t", doubt, got, refused)
		}
	}
}

// The plan announces each stop first, so no case shows that the gate asks for it.
func TestGateKeepsWhatWasNotAnnounced(t *testing.T) {
	d := sync.Decision{Releases: []sync.Release{{Kind: "Pod", Name: "demo-7"}}}
	for successorOf, refused := range map[string]bool{"": true, "pod-6": true, "pod-7": false} {
		pod, config := &sync.Pod{Status: sync.PodStatus{Phase: "Running"}}, &sync.ConfigMap{}
		pod.Name, pod.UID = "demo-7", "pod-7"
		config.Annotations.Values = map[string]string{
			podphase.AnnotationSuccessor: successorOf, podphase.AnnotationSince: "2026-01-01T00:00:00Z",
		}
		b := &broker{id: 7, listed: true, pods: []*sync.Pod{pod}, config: config}
		o := &Observed{request: &sync.Request{}, brokers: []*broker{b}}
		facts := sync.Facts{Now: time.Date(2026, 1, 1, 0, 0, 1, 0, time.UTC)}
		why := o.atTheGate(facts).Refuses(&facts.Kafka, &d) // in the last case because Kafka is not known
		if strings.Contains(why, "was not announced") != refused {
			t.Errorf("its ConfigMap succeeds %q: %s; refused for that is to be %t", successorOf, why, refused)
		}
	}
}
