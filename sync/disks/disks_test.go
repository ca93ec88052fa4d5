package disks

import (
	"strings"
	"testing"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
)

// newKafka is a Kafka with one replica in /a/kafka of broker 7, none in /b/kafka, and an offline /c/kafka.
func newKafka() *sync.KafkaFacts {
	return &sync.KafkaFacts{
		LogDirs: sync.Known([]sync.BrokerLogDirs{
			{Broker: 7, Dirs: []sync.LogDir{
				{Path: "/a/kafka", Replicas: 1}, {Path: "/b/kafka"}, {Path: "/c/kafka", Error: "KAFKA_STORAGE_ERROR"},
			}},
			{Broker: 8, Unknown: "it did not answer in time"},
			{Broker: 9},
		}),
		Partitions: sync.Known([]sync.Partition{{Topic: "orders", Replicas: []int32{7, 8}, ISR: []int32{7}}}),
	}
}

func TestHolds(t *testing.T) {
	cases := map[string]struct {
		broker int32
		dir    string
		given  func(*sync.KafkaFacts)
		want   string
	}{
		"a replica":             {7, "/a/kafka", nil, "holds 1 replica"},
		"none":                  {7, "/b/kafka", nil, ""},
		"written otherwise":     {7, "/b//kafka/", nil, ""},
		"a longer name":         {7, "/b", func(k *sync.KafkaFacts) { isr(k, 8) }, "without /b and its replica of orders-0"},
		"offline":               {7, "/c/kafka", nil, "KAFKA_STORAGE_ERROR"},
		"runs without it":       {7, "/d/kafka", nil, ""},
		"runs without and lags": {7, "/d/kafka", func(k *sync.KafkaFacts) { isr(k, 8) }, "not in sync"},
		"runs without and lacks a leader": {7, "/d/kafka", func(k *sync.KafkaFacts) {
			partitions, _ := k.Partitions.Get()
			partitions[0].Leader = -1
		}, "orders-0 has no leader: list the disk again"},
		"partitions unknown": {7, "/d/kafka", func(k *sync.KafkaFacts) {
			k.Partitions = sync.UnknownFact[[]sync.Partition]("it is late")
		}, "it is late"},
		"the broker does not tell": {8, "/b/kafka", nil, "did not answer in time"},
		"it tells none":            {9, "/b/kafka", nil, "tells no log directory"},
		"another was asked":        {6, "/b/kafka", nil, "was not asked"},
		"nobody tells": {7, "/b/kafka", func(k *sync.KafkaFacts) {
			k.LogDirs = sync.UnknownFact[[]sync.BrokerLogDirs]("it is late")
		}, "it is late"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			kafka := newKafka()
			if c.given != nil {
				c.given(kafka)
			}
			checkWhy(t, Holds(kafka, c.broker, c.dir), c.want)
		})
	}
}

func isr(kafka *sync.KafkaFacts, ids ...int32) {
	partitions, _ := kafka.Partitions.Get()
	partitions[0].ISR = ids
}

func checkWhy(t *testing.T, got, want string) {
	t.Helper()
	if (got == "") != (want == "") || !strings.Contains(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// newBroker is broker 7 with claims at /a, which the spec lists, and /b, without which the broker runs.
func newBroker() *Broker {
	pod := &sync.Pod{}
	pod.Status.Conditions = []sync.PodCondition{{Type: "Ready", Status: "True"}}
	mount(pod, "a")
	return &Broker{
		ID: 7, Listed: []string{"/a/kafka"}, Configured: []string{"/a/kafka"}, Pods: []*sync.Pod{pod},
		Claims: []*sync.PersistentVolumeClaim{newClaim("a"), newClaim("b")},
		Dir: func(claim *sync.PersistentVolumeClaim) string {
			if claim.Name == "" {
				return ""
			}
			return "/" + claim.Name + "/kafka"
		},
	}
}

func newClaim(name string) *sync.PersistentVolumeClaim {
	claim := &sync.PersistentVolumeClaim{}
	claim.Name = name
	return claim
}

func mount(pod *sync.Pod, claim string) {
	volume := sync.PodVolume{Claim: &struct {
		Name string `json:"claimName"`
	}{claim}}
	pod.Spec.Volumes = append(pod.Spec.Volumes, volume)
}

func TestMustStay(t *testing.T) {
	cases := map[string]struct {
		claim string
		given func(*Broker, *sync.KafkaFacts)
		want  string
	}{
		"runs without it": {"b", func(*Broker, *sync.KafkaFacts) {}, ""},
		"listed":          {"a", func(*Broker, *sync.KafkaFacts) {}, "the spec lists"},
		"unclear":         {"", func(*Broker, *sync.KafkaFacts) {}, "which log directory"},
		"mounted":         {"b", func(b *Broker, _ *sync.KafkaFacts) { mount(b.Pods[0], "b") }, "still mounts it"},
		"mounted by a Pod that ends": {"b", func(b *Broker, _ *sync.KafkaFacts) {
			mount(b.Pods[0], "b")
			b.Pods[0].DeletionTimestamp = "2026-01-01T00:00:00Z"
		}, "still mounts it"},
		"configured": {"b", func(b *Broker, _ *sync.KafkaFacts) {
			b.Configured = []string{"/b/kafka"}
		}, "still configured"},
		"no configuration": {"b", func(b *Broker, _ *sync.KafkaFacts) { b.Configured = nil }, "still configured"},
		"not ready":        {"b", func(b *Broker, _ *sync.KafkaFacts) { b.Pods = nil }, "not ready"},
		"a replica lags":   {"d", func(_ *Broker, k *sync.KafkaFacts) { isr(k, 8) }, "not in sync"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			b, kafka := newBroker(), newKafka()
			c.given(b, kafka)
			checkWhy(t, b.MustStay(kafka, newClaim(c.claim)), c.want)
		})
	}
}

func TestLoses(t *testing.T) {
	b, kafka := newBroker(), newKafka()
	b.Configured, b.Claims = []string{"/a/kafka", "/b/kafka"}, append(b.Claims, newClaim("c"))
	checkWhy(t, b.Loses(kafka, []string{"/b/kafka", "/a/kafka"}), "")
	checkWhy(t, b.Loses(kafka, []string{"/a/kafka"}), "")
	checkWhy(t, b.Loses(kafka, []string{"/b/kafka"}), "/a/kafka would be taken from it although /a/kafka holds 1 replica")
	b.Configured = nil // nobody knows what it was configured with, so what is on a claim counts
	checkWhy(t, b.Loses(kafka, []string{"/a/kafka", "/b/kafka"}), "/c/kafka")
	b.Claims[2].DeletionTimestamp = "2026-01-01T00:00:00Z"
	checkWhy(t, b.Loses(kafka, []string{"/a/kafka", "/b/kafka"}), "")
}

func TestSettle(t *testing.T) {
	b, kafka := newBroker(), newKafka()
	if s := b.Settle(kafka); len(s.Gone) != 1 || s.Gone[0].Name != "b" || len(s.Empty) != 0 || s.Waits != "" {
		t.Errorf("runs without it: got %+v", s)
	}
	mount(b.Pods[0], "b")
	b.Configured = []string{"/a/kafka", "/b/kafka"}
	if s := b.Settle(kafka); len(s.Empty) != 1 || len(s.Gone) != 0 || s.Waits != "" {
		t.Errorf("mounted and empty: got %+v", s)
	}
	b.Pods = nil // Kafka answers for a broker without a Pod: that is in doubt
	if s := b.Settle(kafka); len(s.Empty) != 0 || s.Waits == "" {
		t.Errorf("no Pod: got %+v", s)
	}
	b.Claims[1].DeletionTimestamp = "2026-01-01T00:00:00Z"
	if s := b.Settle(kafka); len(b.Leaving()) != 0 || s.Waits != "" {
		t.Errorf("a claim that is deleted and that nobody mounts: got %+v", s)
	}
}

// What is on a dead disk is given up by whoever deletes its claim, unless it may be the last copy of something.
func TestDeadDisks(t *testing.T) {
	b, kafka := newBroker(), newKafka()
	b.Configured, b.Claims = []string{"/a/kafka", "/c/kafka"}, []*sync.PersistentVolumeClaim{newClaim("a"), newClaim("c")}
	mount(b.Pods[0], "c")
	checkWhy(t, b.Settle(kafka).Waits, "or delete claim c to give up what is in it")
	b.Claims[1].DeletionTimestamp = "2026-01-01T00:00:00Z"
	if s := b.Settle(kafka); len(s.Empty) != 1 || s.Waits != "" || !strings.Contains(s.Because, "offline") {
		t.Errorf("given up: got %+v", s)
	}
	partitions, _ := kafka.Partitions.Get()
	partitions[0].Leader = -1
	checkWhy(t, b.Settle(kafka).Waits, "the last copy of what lacks a leader: orders-0")
	kafka.Partitions = sync.UnknownFact[[]sync.Partition]("it is late")
	checkWhy(t, b.Settle(kafka).Waits, "the last copy of what lacks a leader: nobody knows")
}

// A disk that is listed again after its broker was restarted without it is replaced, unless something is missing.
func TestListedAgain(t *testing.T) {
	b, kafka := newBroker(), newKafka()
	dirs, _ := kafka.LogDirs.Get()
	dirs[0].Dirs = dirs[0].Dirs[:1]
	b.Listed = append(b.Listed, "/b/kafka")
	if len(b.Leaving()) != 0 {
		t.Error("a claim that was just made leaves")
	}
	b.States = map[string]v1beta1.VolumeState{"": {CruiseControlVolumeState: v1beta1.GracefulDiskRemovalSucceeded}}
	if s := b.Settle(kafka); len(s.Gone) != 1 || len(s.Back) != 0 || s.Waits != "" {
		t.Errorf("Kafka misses nothing: got %+v", s)
	}
	partitions, _ := kafka.Partitions.Get()
	partitions[0].Leader = -1
	if s := b.Settle(kafka); len(s.Back) != 1 || len(s.Gone) != 0 || s.Waits != "" {
		t.Errorf("a partition has no leader: got %+v", s)
	}
	kafka.Partitions = sync.UnknownFact[[]sync.Partition]("it is late")
	if s := b.Settle(kafka); len(s.Back)+len(s.Gone) != 0 || !strings.Contains(s.Waits, "it is late") {
		t.Errorf("nobody knows: got %+v", s)
	}
}
