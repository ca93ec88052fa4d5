package v1beta1

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"sigs.k8s.io/yaml"
)

func validCluster() *KafkaCluster {
	disk := func(path string) []StorageConfig {
		return []StorageConfig{{MountPath: path, PVCSpec: &corev1.PersistentVolumeClaimSpec{
			Resources: corev1.VolumeResourceRequirements{
				Requests: corev1.ResourceList{"storage": resource.MustParse("10Gi")},
			},
		}}}
	}
	listener := func(name string, port int32) CommonListenerSpec {
		return CommonListenerSpec{Name: name, Type: SecurityProtocolPlaintext, ContainerPort: port}
	}
	internal, controller := listener("internal", 29092), listener("controller", 29093)
	internal.UsedForInnerBrokerCommunication = true
	return &KafkaCluster{Spec: KafkaClusterSpec{
		KRaft: true,
		BrokerConfigGroups: map[string]BrokerConfig{
			"data": {Roles: []ProcessRole{RoleBroker}, StorageConfigs: disk("/data")},
		},
		Brokers: []Broker{
			{ID: 0, BrokerConfig: &BrokerConfig{Roles: []ProcessRole{RoleController}, StorageConfigs: disk("/meta")}},
			{ID: 1, BrokerConfigGroup: "data"},
		},
		ListenersConfig: ListenersConfig{
			InternalListeners: []InternalListenerConfig{
				{CommonListenerSpec: internal}, {CommonListenerSpec: controller, UsedForControllerCommunication: true},
			},
			ExternalListeners: []ExternalListenerConfig{
				{CommonListenerSpec: listener("external", 9094), ExternalStartingPort: 19090},
			},
		},
	}}
}

// mistakes are the fields of the spec that makeMistakes spoils, sorted.
const mistakes = `
spec.additionalPorts[0].containerPort
spec.additionalPorts[1].containerPort
spec.brokerConfigGroups[data].storageConfigs[0].pvcSpec.resources.requests[storage]
spec.brokers[1].brokerConfig.processRoles
spec.brokers[1].brokerConfigGroup
spec.brokers[2].brokerConfig.processRoles
spec.brokers[2].brokerConfigGroup
spec.brokers[2].id
spec.brokers[3].brokerConfig.processRoles[0]
spec.brokers[3].brokerConfig.storageConfigs
spec.brokers[3].brokerConfig.storageConfigs[0]
spec.brokers[3].brokerConfig.storageConfigs[0].mountPath
spec.brokers[3].brokerConfig.storageConfigs[1]
spec.brokers[3].brokerConfig.storageConfigs[1].mountPath
spec.brokers[3].brokerConfig.storageConfigs[1].mountPath
spec.brokers[3].brokerConfig.storageConfigs[2].mountPath
spec.brokers[3].brokerConfig.terminationGracePeriodSeconds
spec.brokers[3].id
spec.cruiseControlConfig.cruiseControlOperationSpec.parameters[BrokerID]
spec.cruiseControlConfig.cruiseControlOperationSpec.parameters[goals]
spec.cruiseControlConfig.cruiseControlOperationSpec.parameters[speed]
spec.disruptionBudget.budget
spec.envoyConfig.adminPort
spec.listenersConfig
spec.listenersConfig.externalListeners[0].externalStartingPort
spec.listenersConfig.externalListeners[0].ingressControllerTargetPort
spec.listenersConfig.externalListeners[0].name
spec.listenersConfig.externalListeners[1].config.defaultIngressConfig
spec.listenersConfig.externalListeners[1].config.ingressConfig[b].envoyConfig.adminPort
spec.listenersConfig.externalListeners[1].containerPort
spec.listenersConfig.externalListeners[1].externalStartingPort
spec.listenersConfig.externalListeners[1].externalStartingPort
spec.listenersConfig.externalListeners[1].name
spec.listenersConfig.internalListeners
spec.listenersConfig.internalListeners[0].externalListenerForHostname
spec.listenersConfig.internalListeners[0].internalStartingPort
spec.listenersConfig.internalListeners[1].containerPort
spec.persistentVolumeClaimRetentionPolicy.whenDeleted
`

func TestValidateFindsEveryMistakeAtOnce(t *testing.T) {
	c := validCluster()
	makeMistakes(c)
	var got []string
	for _, mistake := range c.Validate() {
		got = append(got, mistake.Field)
	}
	slices.Sort(got)
	if diff := cmp.Diff(strings.Fields(mistakes), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Volumes go with the cluster only where that is what the policy says, or where there is none.
func TestOnlyDeleteDeletesVolumes(t *testing.T) {
	for policy, retains := range map[RetentionPolicy]bool{
		"": false, DeleteVolumes: false, RetainVolumes: true, "retain": true, "delete": true, "Keep": true,
	} {
		c := validCluster()
		if c.Spec.RetainsVolumes() {
			t.Error("volumes are retained without a policy")
		}
		c.Spec.PersistentVolumeClaimRetentionPolicy = &PersistentVolumeClaimRetentionPolicy{WhenDeleted: policy}
		if got := c.Spec.RetainsVolumes(); got != retains {
			t.Errorf("%q: volumes are retained is %t, want %t", policy, got, retains)
		}
	}
}

func TestValidateRefusesKafka4WithZooKeeper(t *testing.T) {
	c := validCluster()
	c.Spec.KRaft, c.Spec.ZKAddresses, c.Spec.ClusterImage = false, []string{"zookeeper:2181"}, "apache/kafka:4.1.0"
	c.Spec.ListenersConfig.InternalListeners = c.Spec.ListenersConfig.InternalListeners[:1]
	mistakes := c.Validate()
	if len(mistakes) != len(c.Spec.Brokers) || !strings.Contains(mistakes[0].Error(), "Kafka 4 has no ZooKeeper") {
		t.Errorf("got %v", mistakes)
	}
}

func makeMistakes(c *KafkaCluster) {
	s := &c.Spec
	s.Brokers[1].BrokerConfigGroup = "missing"
	ownDisk := StorageConfig{MountPath: "/data/", EmptyDir: &corev1.EmptyDirVolumeSource{}}
	s.Brokers = append(s.Brokers, Broker{ID: 0}, Broker{ID: 70000, BrokerConfigGroup: "data", BrokerConfig: &BrokerConfig{
		Roles:                  []ProcessRole{"observer", RoleController},
		StorageConfigs:         []StorageConfig{{MountPath: "data"}, {MountPath: "data/"}, ownDisk},
		TerminationGracePeriod: new(int64(-1)),
	}})
	s.BrokerConfigGroups["data"].StorageConfigs[0].PVCSpec.Resources.Requests = nil
	s.DisruptionBudget.Create = true
	s.PersistentVolumeClaimRetentionPolicy = &PersistentVolumeClaimRetentionPolicy{WhenDeleted: "retain"}
	s.CruiseControlConfig.CruiseControlOperationSpec = &CruiseControlOperationSpec{Parameters: map[string]string{
		"BrokerID": "3", "goals": "DiskUsageDistributionGoal", "Kafka_Assigner": "true", "speed": "high",
	}}
	s.EnvoyConfig.AdminPort = new(int32(8080))
	s.AdditionalPorts = []corev1.ContainerPort{
		{ContainerPort: 9020}, {ContainerPort: 9094}, {ContainerPort: 9094, Protocol: "UDP"},
	}
	l := &s.ListenersConfig
	l.InternalListeners[1].UsedForInnerBrokerCommunication = true
	l.InternalListeners[1].ContainerPort = 29092
	l.InternalListeners[0].UsedForControllerCommunication = true
	l.InternalListeners[0].ExternalListenerForHostname, l.InternalListeners[0].InternalStartingPort = "missing", 65535
	l.ExternalListeners[0].Name = "internal"
	l.ExternalListeners[0].IngressControllerTargetPort = new(int32(8080))
	l.ExternalListeners = append(l.ExternalListeners, ExternalListenerConfig{
		CommonListenerSpec: CommonListenerSpec{Name: "Plain", ContainerPort: 9020}, ExternalStartingPort: 8080,
		Config: &Config{DefaultIngressConfig: "a", IngressConfig: map[string]IngressConfig{"b": {
			EnvoyConfig: &EnvoyConfig{AdminPort: new(int32(1)), HealthCheckPort: new(int32(1))},
		}}},
	})
}

// What Koperator accepts and runs is no mistake.
func TestValidateLetsPass(t *testing.T) {
	tests := map[string]func(*KafkaClusterSpec){
		"as it is":           func(*KafkaClusterSpec) {},
		"an even quorum":     func(s *KafkaClusterSpec) { s.Brokers = append(s.Brokers, controllerWithID(5)) },
		"TLS at the ingress": func(s *KafkaClusterSpec) { s.ListenersConfig.ExternalListeners[0].ExternalStartingPort = -1 },
		"automatic node ports": func(s *KafkaClusterSpec) {
			s.ListenersConfig.ExternalListeners[0].ExternalStartingPort = 0
			s.ListenersConfig.ExternalListeners[0].AccessMethod = corev1.ServiceTypeNodePort
		},
		"ZooKeeper, roles ignored": func(s *KafkaClusterSpec) {
			s.KRaft, s.ZKAddresses = false, []string{"zookeeper:2181"}
			s.Brokers = append(s.Brokers, Broker{ID: 9, BrokerConfig: &BrokerConfig{}})
			s.ListenersConfig.InternalListeners = s.ListenersConfig.InternalListeners[:1]
		},
		"the host of an external listener, without ports": func(s *KafkaClusterSpec) {
			s.ListenersConfig.InternalListeners[0].ExternalListenerForHostname = "external"
		},
		"_ in the name of a plain listener": func(s *KafkaClusterSpec) {
			s.ListenersConfig.InternalListeners[0].Name = "inter_nal"
		},
		"both kinds of storage": func(s *KafkaClusterSpec) {
			s.Brokers[0].BrokerConfig.StorageConfigs[0].EmptyDir = &corev1.EmptyDirVolumeSource{}
		},
		"a broker's disk in place of its group's": func(s *KafkaClusterSpec) {
			s.Brokers[1].BrokerConfig = &BrokerConfig{StorageConfigs: s.BrokerConfigGroups["data"].StorageConfigs}
		},
		"Contour has no ports of Envoy": func(s *KafkaClusterSpec) {
			s.IngressController = IngressContour
			s.ListenersConfig.ExternalListeners[0].ExternalStartingPort = 8080
		},
		"an additional port over UDP": func(s *KafkaClusterSpec) {
			s.AdditionalPorts = []corev1.ContainerPort{{ContainerPort: 29092, Protocol: corev1.ProtocolUDP}}
		},
		"a budget in percent": func(s *KafkaClusterSpec) {
			s.DisruptionBudget = DisruptionBudget{Create: true, Budget: "100%"}
		},
	}
	for name, edit := range tests {
		t.Run(name, func(t *testing.T) {
			c := validCluster()
			edit(&c.Spec)
			if found := c.Validate(); len(found) > 0 {
				t.Error(found.ToAggregate())
			}
		})
	}
}

func TestNamesOfListeners(t *testing.T) {
	for name, edit := range map[string]func(*ExternalListenerConfig){
		"of a volume": func(l *ExternalListenerConfig) {
			l.Name, l.CommonListenerSpec.Type = "out_side", SecurityProtocolSSL
		},
		"of a Service": func(l *ExternalListenerConfig) { l.Name, l.AccessMethod = "out_side", corev1.ServiceTypeNodePort },
		"upper case":   func(l *ExternalListenerConfig) { l.Name = "outSide" },
	} {
		c := validCluster()
		edit(&c.Spec.ListenersConfig.ExternalListeners[0])
		found := c.Validate()
		if len(found) != 1 || found[0].Field != "spec.listenersConfig.externalListeners[0].name" {
			t.Errorf("%s: %v", name, found)
		}
	}
}

func controllerWithID(id int32) Broker {
	broker := validCluster().Spec.Brokers[0]
	broker.ID = id
	return broker
}

// What the API server refuses in a single look, Validate finds too: a spec may be older than a rule of the CRD.
func TestValidateFindsWhatTheCRDRefuses(t *testing.T) {
	// These are refused by the schema for their shape alone.
	shape := []string{"unknown-role.yaml", "disk-malformed-size.yaml"}
	for _, path := range glob(t, "testdata/rejected/*.yaml") {
		text := readFile(t, path)
		if bytes.Contains(text, []byte("\n---\n")) || slices.Contains(shape, filepath.Base(path)) {
			continue // refused for what changed, which no single spec shows
		}
		t.Run(filepath.Base(path), func(t *testing.T) {
			var c KafkaCluster
			if err := yaml.UnmarshalStrict(text, &c); err != nil {
				t.Fatal(err)
			}
			if found := c.Validate(); len(found) == 0 {
				t.Error("no mistake found")
			}
		})
	}
}

func TestSamplesAreValidAndReadBackEqual(t *testing.T) {
	for _, path := range append(shared(t, "samples/*.yaml"), optional(t, "../../manifests/samples/*.yaml")...) {
		for text := range bytes.SplitSeq(readFile(t, path), []byte("\n---")) {
			if !bytes.Contains(text, []byte("kind: KafkaCluster\n")) {
				continue
			}
			t.Run(filepath.Base(path), func(t *testing.T) {
				var c, again KafkaCluster
				if err := yaml.UnmarshalStrict(text, &c); err != nil {
					t.Fatal(err)
				}
				if found := c.Validate(); len(found) > 0 {
					t.Error(found.ToAggregate())
				}
				written, err := yaml.Marshal(c)
				if err != nil {
					t.Fatal(err)
				}
				if err := yaml.UnmarshalStrict(written, &again); err != nil {
					t.Fatal(err)
				}
				var before, after map[string]any
				if err := yaml.Unmarshal(text, &before); err != nil {
					t.Fatal(err)
				}
				if err := yaml.Unmarshal(written, &after); err != nil {
					t.Fatal(err)
				}
				for _, path := range lost("spec", before["spec"], after["spec"]) {
					t.Errorf("%s is lost in reading and writing", path)
				}
			})
		}
	}
}

// lost lists what is in before and not, or otherwise, in after. A false or empty value that is left out is not lost:
// nothing has another default.
func lost(path string, before, after any) []string {
	switch before := before.(type) {
	case map[string]any:
		inside, _ := after.(map[string]any)
		var paths []string
		for key, value := range before {
			paths = append(paths, lost(path+"."+key, value, inside[key])...)
		}
		return paths
	case []any:
		inside, _ := after.([]any)
		if len(inside) != len(before) {
			return []string{path}
		}
		var paths []string
		for i := range before {
			paths = append(paths, lost(path+"[]", before[i], inside[i])...)
		}
		return paths
	case nil:
		return nil
	}
	if before == after || after == nil && (before == false || before == "") {
		return nil
	}
	return []string{path}
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	paths := optional(t, pattern)
	if len(paths) == 0 {
		t.Fatalf("nothing matches %s", pattern)
	}
	return paths
}

func optional(t *testing.T, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// shared lists files of the folder with Koperator's data, which stands beside the project and not in it.
func shared(t *testing.T, pattern string) []string {
	t.Helper()
	const folder = "../../../shared"
	if _, err := os.Stat(folder); err != nil {
		t.Skipf("Koperator's data is not here: %v", err)
	}
	return glob(t, filepath.Join(folder, pattern))
}

func BenchmarkValidate(b *testing.B) {
	cluster := largeCluster(1000)
	b.ReportAllocs()
	for b.Loop() {
		cluster.Validate()
	}
}
