package drawing

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
)

// What was found or decided makes no difference, what is asked for does.
func TestOf(t *testing.T) {
	first := Of(cluster(t, nil))
	for name, test := range map[string]struct {
		change func(*children.Cluster, *children.Broker)
		same   bool
	}{
		"another id":      {func(_ *children.Cluster, b *children.Broker) { b.ID = 7 }, true},
		"another rack":    {func(_ *children.Cluster, b *children.Broker) { b.Rack = "zone-b" }, true},
		"another claim":   {func(_ *children.Cluster, b *children.Broker) { b.Volumes[0].Claim = "found" }, true},
		"an address":      {func(_ *children.Cluster, b *children.Broker) { b.External["out"] = "example.com:9094" }, true},
		"a cluster id":    {func(c *children.Cluster, _ *children.Broker) { c.ClusterID = "D2o8HlsdTDmaVy8fbV2PEA" }, true},
		"other voters":    {func(c *children.Cluster, _ *children.Broker) { c.Quorum.Controllers = []int32{4} }, true},
		"another image":   {func(_ *children.Cluster, b *children.Broker) { b.Image = "kafka:2" }, false},
		"an emptied disk": {func(_ *children.Cluster, b *children.Broker) { b.Volumes[0].MountPath = "/more" }, false},
		"a value": {
			func(c *children.Cluster, _ *children.Broker) { c.Parent.Spec.ReadOnlyConfig = "num.io.threads=9" }, false,
		},
	} {
		if got := Of(cluster(t, test.change)); (got == first) != test.same {
			t.Errorf("%s: %s, and it was %s", name, got, first)
		}
	}
}

func TestOtherwise(t *testing.T) {
	drawn := func(by string) *sync.Pod {
		return &sync.Pod{Meta: sync.Meta{Annotations: sync.Annotations{Values: map[string]string{Annotation: by}}}}
	}
	before := drawn("revision=a,config=1,pod=2")
	for now, want := range map[string]string{
		"revision=b,config=1,pod=3": "another Pod",
		"revision=b,config=4,pod=2": "other values of a, b",
		"revision=b,config=4,pod=3": "other values of a, b and another Pod",
	} {
		if got := Brings(Otherwise(before, now), []string{"a", "b"}); got != want {
			t.Errorf("%s brings %s, not %s", now, got, want)
		}
	}
	if parts := Otherwise(before, "revision=b,config=1,pod=2"); len(parts) > 0 {
		t.Errorf("of what another revision draws alike: %v", parts)
	}
	if !Current(drawn(Of(cluster(t, nil)))) || !Current(&sync.Pod{}) || Current(before) {
		t.Error("what this revision has drawn is compared, or what another one has drawn is not")
	}
}

func TestDrawings(t *testing.T) {
	c, b := cluster(t, nil)
	drawings := make(Drawings)
	first := drawings.Of(c, b, "the same")
	if first != Of(c, b) {
		t.Errorf("%s is not %s", first, Of(c, b))
	}
	c.Parent.Spec.ReadOnlyConfig = "num.io.threads=9" // which would be seen if it were drawn again
	if again := drawings.Of(c, b, "the same"); again != first {
		t.Errorf("what asks for the same was drawn again: %s, and it was %s", again, first)
	}
	if b.Image = "kafka:2"; drawings.Of(c, b, "the same") == first {
		t.Error("an image that is kept makes no difference")
	}
}

var update = flag.Bool("update", false, "write how brokers are drawn into testdata, with their revision")

// TestRevision: who draws brokers otherwise raises Revision, so that Pods of the release before are told apart.
func TestRevision(t *testing.T) {
	const file = "testdata/drawings.txt"
	now := []string{fmt.Sprintf("revision %d", Revision)}
	for _, name := range slices.Sorted(maps.Keys(kinds())) {
		c, b := cluster(t, kinds()[name])
		_, parts, _ := strings.Cut(Of(children.NewCluster(c.Parent, "", c.Quorum, c.Brokers), b), ",")
		now = append(now, name+" "+parts)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	was := strings.Split(strings.TrimSpace(string(text)), "\n")
	switch raised, same := was[0] != now[0], slices.Equal(was[1:], now[1:]); {
	case !same && !raised:
		t.Errorf("brokers are drawn otherwise than the file has it, and Revision is the same: raise it and run -update\n%s",
			strings.Join(now, "\n"))
	case *update:
		if err := os.WriteFile(file, []byte(strings.Join(now, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	case raised:
		t.Error("Revision is not that of the file: run with -update")
	}
}

// kinds are brokers that are drawn in ways of their own.
func kinds() map[string]func(*children.Cluster, *children.Broker) {
	return map[string]func(*children.Cluster, *children.Broker){
		"combined":      nil,
		"static-quorum": func(c *children.Cluster, _ *children.Broker) { c.Quorum.Mode = children.StaticQuorum },
		"controller": func(_ *children.Cluster, b *children.Broker) {
			b.Roles = []v1beta1.ProcessRole{v1beta1.RoleController}
		},
		"broker":   func(_ *children.Cluster, b *children.Broker) { b.Roles = []v1beta1.ProcessRole{v1beta1.RoleBroker} },
		"headless": func(c *children.Cluster, _ *children.Broker) { c.Parent.Spec.HeadlessServiceEnabled = true },
		"zookeeper": func(c *children.Cluster, b *children.Broker) {
			c.Parent.Spec.KRaft, c.Parent.Spec.ZKAddresses, b.Roles = false, []string{"zookeeper:2181"}, nil
		},
		"tls": func(c *children.Cluster, _ *children.Broker) {
			listener := &c.Parent.Spec.ListenersConfig.InternalListeners[0].CommonListenerSpec
			listener.Type = v1beta1.SecurityProtocolSSL
			listener.ServerSSLCertSecret = &corev1.LocalObjectReference{Name: "keys"}
		},
		"default-image": func(c *children.Cluster, b *children.Broker) {
			c.Parent.Spec.ClusterImage = ""
			b.ResolvedBroker = c.Parent.ResolvedBrokers()[0]
		},
		"one-a-node": func(c *children.Cluster, _ *children.Broker) { c.Parent.Spec.OneBrokerPerNode = true },
		"log4j":      func(_ *children.Cluster, b *children.Broker) { b.Log4jConfig = "rootLogger.level=INFO" },
	}
}

// cluster is one of two brokers, and the first of them.
func cluster(t *testing.T, change func(*children.Cluster, *children.Broker)) (*children.Cluster, *children.Broker) {
	t.Helper()
	var parent v1beta1.KafkaCluster
	if err := yaml.UnmarshalStrict([]byte(`
metadata: {name: demo, namespace: data}
spec:
  kRaft: true
  clusterImage: kafka:1
  listenersConfig:
    internalListeners:
    - {type: plaintext, name: internal, containerPort: 29092, usedForInnerBrokerCommunication: true}
    - {type: plaintext, name: controller, containerPort: 29093, usedForControllerCommunication: true}
    externalListeners:
    - {type: plaintext, name: out, containerPort: 9094, externalStartingPort: 19090}
  brokerConfigGroups: {default: {processRoles: [controller, broker]}}
  brokers: [{id: 0, brokerConfigGroup: default}, {id: 1, brokerConfigGroup: default}]
`), &parent); err != nil {
		t.Fatal(err)
	}
	var brokers []children.Broker
	for _, resolved := range parent.ResolvedBrokers() {
		brokers = append(brokers, children.Broker{
			ResolvedBroker: resolved, Rack: "zone-a", External: map[string]string{},
			Volumes: []children.Volume{{MountPath: "/logs", Claim: "demo-0-storage-0"}},
		})
	}
	c := children.NewCluster(&parent, "", children.Quorum{Mode: children.DynamicQuorum}, brokers)
	if change != nil {
		change(c, &c.Brokers[0])
	}
	return c, &c.Brokers[0]
}
