package children

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync/properties"
)

// small is a cluster with two controllers 0 and 1, a combined node 2 and a broker 3.
func small(t testing.TB) *v1beta1.KafkaCluster {
	t.Helper()
	return parse(t, []byte(`
metadata: {name: k, namespace: ns}
spec:
  kRaft: true
  headlessServiceEnabled: true
  oneBrokerPerNode: false
  zkAddresses: ["zk-1:2181", "zk-2:2181"]
  zkPath: kafka
  rollingUpgradeConfig: {failureThreshold: 1}
  cruiseControlConfig: {}
  readOnlyConfig: |
    a=cluster
    b=cluster
    listeners=WRONG://:1
  brokers:
  - {id: 0, brokerConfig: {processRoles: [controller]}}
  - {id: 1, brokerConfig: {processRoles: [controller]}}
  - {id: 2, brokerConfig: {processRoles: [broker, controller]}}
  - {id: 3, brokerConfig: {processRoles: [broker]}, readOnlyConfig: "b=broker"}
  listenersConfig:
    internalListeners:
    - {name: in, type: plaintext, containerPort: 29092, usedForInnerBrokerCommunication: true, internalStartingPort: 0}
    - {name: control, type: plaintext, containerPort: 29093, usedForInnerBrokerCommunication: false,
       usedForControllerCommunication: true, internalStartingPort: 0}
`))
}

func TestBrokerConfig(t *testing.T) {
	for _, test := range []struct {
		name   string
		id     int32
		change func(*v1beta1.KafkaCluster)
		quorum Quorum
		broker Broker // Rack and External
		want   map[string]string
	}{
		{name: "generated goes before the broker's, and that before the cluster's", id: 3, want: map[string]string{
			"a": "cluster", "b": "broker", "listeners": "IN://:29092", "node.id": "3", "process.roles": "broker",
			"advertised.listeners":           "IN://k-3.k-headless.ns.svc.cluster.local:29092",
			"inter.broker.listener.name":     "IN",
			"listener.security.protocol.map": "IN:PLAINTEXT,CONTROL:PLAINTEXT",
			"controller.listener.names":      "CONTROL",
			"metric.reporters":               metricsReporterClass,
			"broker.rack":                    absent, "config.providers": absent, "super.users": absent, "log.dirs": absent,
		}},
		{
			name: "Kafka 4 is told to keep its metrics in JMX", id: 3,
			change: func(k *v1beta1.KafkaCluster) { k.Spec.ClusterImage = "kafka:2.13-4.1.0" },
			want:   map[string]string{"metric.reporters": jmxReporterClass + "," + metricsReporterClass},
		},
		{name: "a controller", id: 0, want: map[string]string{
			"listeners": "CONTROL://:29093", "advertised.listeners": absent, "metric.reporters": absent,
			"cruise.control.metrics.reporter.bootstrap.servers": absent,
		}},
		{name: "a combined node resolves where it is advertised", id: 2, want: map[string]string{
			"listeners": "IN://:29092,CONTROL://:29093", "process.roles": "broker,controller",
			"advertised.listeners": "IN://k-2.k-headless.ns.svc.cluster.local:29092",
			"controller.quorum.voters": "0@k-0.k-controller-headless.ns.svc.cluster.local:29093," +
				"1@k-1.k-controller-headless.ns.svc.cluster.local:29093,2@k-2.k-headless.ns.svc.cluster.local:29093",
			"controller.quorum.bootstrap.servers": absent,
		}},
		{
			name: "a dynamic quorum", id: 2, quorum: Quorum{Mode: DynamicQuorum, Controllers: []int32{1, 2}},
			change: func(k *v1beta1.KafkaCluster) {
				k.Spec.ReadOnlyConfig = keyQuorumVoters + "=7@x:1\n" + keyAutoJoin + "=true"
			},
			want: map[string]string{
				keyQuorumVoters: absent, keyAutoJoin: absent, keyQuorumServers: "k-1.k-controller-headless.ns.svc.cluster." +
					"local:29093,k-2.k-headless.ns.svc.cluster.local:29093",
				"advertised.listeners": "CONTROL://k-2.k-headless.ns.svc.cluster.local:29093," +
					"IN://k-2.k-headless.ns.svc.cluster.local:29092",
			},
		},
		{
			name: "Services instead of headless ones", id: 3,
			change: func(k *v1beta1.KafkaCluster) { k.Spec.HeadlessServiceEnabled = false },
			want: map[string]string{
				"advertised.listeners":                              "IN://k-3.ns.svc.cluster.local:29092",
				"cruise.control.metrics.reporter.bootstrap.servers": "k-all-broker.ns.svc.cluster.local:29092",
			},
		},
		{name: "ZooKeeper", id: 3, change: func(k *v1beta1.KafkaCluster) { k.Spec.KRaft = false }, want: map[string]string{
			"broker.id": "3", "node.id": absent, "process.roles": absent, "controller.listener.names": absent,
			"controller.quorum.voters": absent, "zookeeper.connect": "zk-1:2181,zk-2:2181/kafka",
			"control.plane.listener.name": "CONTROL", "listeners": "IN://:29092,CONTROL://:29093",
			"advertised.listeners": "CONTROL://k-3.k-headless.ns.svc.cluster.local:29093," +
				"IN://k-3.k-headless.ns.svc.cluster.local:29092",
		}},
		{name: "migration: still ZooKeeper, no quorum yet", id: 3, change: func(k *v1beta1.KafkaCluster) {
			k.Spec.ReadOnlyConfig = migrationKRaftMode + "=false\n" + migrationControllerQuorum + "=false"
		}, want: map[string]string{
			"broker.id": "3", "node.id": absent, "zookeeper.connect": "zk-1:2181,zk-2:2181/kafka",
			"controller.quorum.voters": absent, "controller.listener.names": absent,
			migrationKRaftMode: absent, migrationControllerQuorum: absent,
		}},
		{name: "security.inter.broker.protocol", id: 3, change: func(k *v1beta1.KafkaCluster) {
			k.Spec.ReadOnlyConfig = "security.inter.broker.protocol = SSL"
		}, want: map[string]string{
			"inter.broker.listener.name": absent, "metric.reporters": absent,
		}},
		{name: "the derived rack", id: 3, broker: Broker{Rack: "zone-a"}, want: map[string]string{"broker.rack": "zone-a"}},
		{name: "the user's rack", id: 3, broker: Broker{Rack: "zone-a"}, change: func(k *v1beta1.KafkaCluster) {
			k.Spec.ReadOnlyConfig = "broker.rack=own"
		}, want: map[string]string{"broker.rack": "own"}},
		{
			name: "an internal listener with an external host", id: 3, change: withExternal,
			broker: Broker{External: map[string]string{"out": "example.org:9094"}}, want: map[string]string{
				"advertised.listeners": "OUT://example.org:9094,IN://example.org:30003",
				"listeners":            "OUT://:9094,IN://:29092",
			},
		},
		{name: "an external listener without an address", id: 3, change: withExternal, want: map[string]string{
			"advertised.listeners": "IN://k-3.k-headless.ns.svc.cluster.local:29092",
			"listeners":            "OUT://:9094,IN://:29092",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			parent := small(t)
			if test.change != nil {
				test.change(parent)
			}
			brokers := brokersOf(parent)
			b := &brokers[test.id]
			b.Rack, b.External = test.broker.Rack, test.broker.External
			config := BrokerConfig(NewCluster(parent, "id", test.quorum, brokers), b)
			compareKeys(t, &config, test.want)
		})
	}
}

// absent stands for a key that a configuration must not have.
const absent = "(absent)"

// compareKeys compares the keys of a configuration that are wanted, and no other.
func compareKeys(t *testing.T, config *properties.Properties, want map[string]string) {
	t.Helper()
	got := map[string]string{}
	for key := range want {
		got[key] = absent
		if value, set := config.Get(key); set {
			got[key] = value
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func withExternal(k *v1beta1.KafkaCluster) {
	k.Spec.ListenersConfig.ExternalListeners = []v1beta1.ExternalListenerConfig{{
		CommonListenerSpec: v1beta1.CommonListenerSpec{Name: "out", Type: "plaintext", ContainerPort: 9094},
	}}
	in := &k.Spec.ListenersConfig.InternalListeners[0]
	in.ExternalListenerForHostname, in.InternalStartingPort = "out", 30000
}

// TestKeystoresOfSASLListeners: with Koperator, users configure these themselves; that must go on to work.
func TestKeystoresOfSASLListeners(t *testing.T) {
	const key = "listener.name.in.ssl.keystore.location"
	for _, test := range []struct {
		name, readOnly string
		issued         bool
		secret, want   string
		mounts         bool
	}{
		{name: "nothing said"},
		{name: "a Secret", secret: "keys", want: serverKeystorePath + "in/keystore.jks", mounts: true},
		{name: "issued", issued: true, want: serverKeystorePath + "in/keystore.jks", mounts: true},
		{name: "issued for others, configured by the user", issued: true, readOnly: key + "=/own", want: "/own"},
		{name: "configured by the user for all listeners", issued: true, readOnly: "ssl.keystore.location=/own"},
	} {
		t.Run(test.name, func(t *testing.T) {
			parent := small(t)
			listener := &parent.Spec.ListenersConfig.InternalListeners[0].CommonListenerSpec
			listener.Type, parent.Spec.ReadOnlyConfig = v1beta1.SecurityProtocolSASLSSL, test.readOnly
			if test.secret != "" {
				listener.ServerSSLCertSecret = &corev1.LocalObjectReference{Name: test.secret}
			}
			if test.issued {
				parent.Spec.ListenersConfig.SSLSecrets = &v1beta1.SSLSecrets{TLSSecretName: "ca"}
			}
			for _, own := range []string{"", "x=y"} { // a broker without, and one with, a configuration of its own
				brokers := brokersOf(parent)
				brokers[3].ReadOnlyConfig = own
				c := NewCluster(parent, "id", Quorum{}, brokers)
				config := BrokerConfig(c, &brokers[3])
				if got := config.Value(key); got != test.want {
					t.Errorf("%s=%s, want %q", key, got, test.want)
				}
				if config.Has("listener.name.in.ssl.client.auth") {
					t.Error("a SASL listener asks for certificates that nobody wanted")
				}
				_, mounts := c.volumes(&brokers[3])
				mounted := false
				for i := range mounts {
					mounted = mounted || mounts[i].Name == "listener-in-certs"
				}
				if mounted != test.mounts {
					t.Errorf("the keystore is mounted: %v", mounted)
				}
			}
		})
	}
}

// TestNoPasswordInAConfigMap: passwords are read from where Secrets are mounted.
func TestNoPasswordInAConfigMap(t *testing.T) {
	c := demo(t, Quorum{})
	passwords := 0
	for i := range c.Brokers {
		for key, value := range BrokerConfig(c, &c.Brokers[i]).All() {
			if strings.HasSuffix(key, "password") {
				passwords++
				if !strings.HasPrefix(value, "${keystores:/var/run/secrets/java.io/keystores/") {
					t.Errorf("%s=%s", key, value)
				}
			}
		}
	}
	if passwords == 0 {
		t.Error("testdata/combined.yaml has no TLS listener any more: this test proves nothing")
	}
}

func TestStorageFormatArguments(t *testing.T) {
	for _, test := range []struct {
		name   string
		quorum Quorum
		want   []string // by node
	}{
		{"static", Quorum{}, []string{"", "", "", ""}},
		{"founding", Quorum{Mode: DynamicQuorum, Initial: []int32{0, 2}}, []string{
			"--initial-controllers=0@k-0.k-controller-headless.ns.svc.cluster.local:29093:" + DirectoryID("id", 0) +
				",2@k-2.k-headless.ns.svc.cluster.local:29093:" + DirectoryID("id", 2),
			"--no-initial-controllers",
			"--initial-controllers=0@k-0.k-controller-headless.ns.svc.cluster.local:29093:" + DirectoryID("id", 0) +
				",2@k-2.k-headless.ns.svc.cluster.local:29093:" + DirectoryID("id", 2),
			"",
		}},
		{"founded", Quorum{Mode: DynamicQuorum}, []string{
			"--no-initial-controllers", "--no-initial-controllers", "--no-initial-controllers", "",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			parent := small(t)
			c := NewCluster(parent, "id", test.quorum, brokersOf(parent))
			var got []string
			for i := range c.Brokers {
				value := ""
				for _, env := range c.env(&c.Brokers[i]) {
					if env.Name == "STORAGE_FORMAT_ARGUMENTS" {
						value = env.Value
					}
				}
				got = append(got, value)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestDirectoryIDsAreStableAndApart(t *testing.T) {
	if got, want := DirectoryID("A8PYSz8uSsW064CrQm6MxA", 0), "JlDawTzy6P6l9tb1s7rRBw"; got != want {
		t.Errorf("got %s, want %s: founders of different releases must agree", got, want)
	}
	seen := map[string]bool{}
	for node := range int32(1000) {
		for _, cluster := range []string{"a", "b"} {
			id := DirectoryID(cluster, node)
			if len(id) != 22 || strings.HasPrefix(id, "-") || seen[id] {
				t.Errorf("%s of node %d of %s is no good", id, node, cluster)
			}
			seen[id] = true
		}
	}
}
