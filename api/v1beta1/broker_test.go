package v1beta1

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// What a broker without settings of its own gets must be all of its group: a field that mergeBroker forgets shows here.
func TestMergeForgetsNoField(t *testing.T) {
	var full BrokerConfig
	fill(t, reflect.ValueOf(&full).Elem(), "full", 8)
	empty := func(v reflect.Value) reflect.Value { return reflect.New(v.Type()).Elem() }
	for name, merge := range map[string]func() any{
		"under nothing": func() any { return mergeBroker(&BrokerConfig{}, &full) },
		"over nothing":  func() any { return mergeBroker(&full, &BrokerConfig{}) },
	} {
		if diff := cmp.Diff(any(full), merge()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	for name, got := range map[string]any{
		"resources":    mergeResources(&corev1.ResourceRequirements{}, full.Resources),
		"security":     mergeSecurity(&corev1.SecurityContext{}, full.SecurityContext),
		"podSecurity":  mergePodSecurity(&corev1.PodSecurityContext{}, full.PodSecurityContext),
		"affinity":     mergeAffinity(&corev1.Affinity{}, full.Affinity),
		"node":         mergeNodeAffinity(&corev1.NodeAffinity{}, full.Affinity.NodeAffinity),
		"pod":          mergePodAffinity(&corev1.PodAffinity{}, full.Affinity.PodAffinity),
		"anti":         mergePodAntiAffinity(&corev1.PodAntiAffinity{}, full.Affinity.PodAntiAffinity),
		"capabilities": mergeCapabilities(&corev1.Capabilities{}, full.SecurityContext.Capabilities),
		"selinux":      mergeSELinux(&corev1.SELinuxOptions{}, full.SecurityContext.SELinuxOptions),
		"windows":      mergeWindows(&corev1.WindowsSecurityContextOptions{}, full.SecurityContext.WindowsOptions),
		"network":      mergeNetwork(&NetworkConfig{}, full.NetworkConfig),
	} {
		v := reflect.ValueOf(got).Elem()
		for i := range v.NumField() {
			if reflect.DeepEqual(v.Field(i).Interface(), empty(v.Field(i)).Interface()) {
				t.Errorf("%s forgets %s", name, v.Type().Field(i).Name)
			}
		}
	}
}

// fill sets every field to something, down to a depth, so that recursive types end.
func fill(t *testing.T, v reflect.Value, name string, depth int) {
	t.Helper()
	if depth == 0 {
		return
	}
	if v.Type() == reflect.TypeFor[resource.Quantity]() {
		v.Set(reflect.ValueOf(resource.MustParse("1")))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(name)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(7)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem(), name, depth-1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(t, v.Index(0), name, depth-1)
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(t, key, name, depth-1)
		fill(t, value, name, depth-1)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() && field.Type != reflect.TypeFor[StorageSchema]() {
				fill(t, v.Field(i), name, depth-1)
			}
		}
	}
}

type mergeCase struct {
	name             string
	own, group, want BrokerConfig
}

func checkMerge(t *testing.T, cases []mergeCase) {
	t.Helper()
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			own, group := tt.own.DeepCopy(), tt.group.DeepCopy()
			if diff := cmp.Diff(tt.want, mergeBroker(own, group)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(&tt.own, own) + cmp.Diff(&tt.group, group); diff != "" {
				t.Errorf("the inputs changed (-before +after):\n%s", diff)
			}
		})
	}
}

func TestMergeOfValues(t *testing.T) {
	checkMerge(t, []mergeCase{
		{
			"a set text wins, also over another text of many lines",
			BrokerConfig{Config: "a=1", KafkaHeapOpts: "-Xmx1G"},
			BrokerConfig{Config: "b=2\nc=3", KafkaHeapOpts: "-Xmx9G", Image: "group"},
			BrokerConfig{Config: "a=1", KafkaHeapOpts: "-Xmx1G", Image: "group"},
		},
		{
			"maps are united, the broker's value wins, also an empty one",
			BrokerConfig{BrokerLabels: map[string]string{"a": "own", "e": ""}},
			BrokerConfig{BrokerLabels: map[string]string{"a": "group", "b": "group", "e": "group"}},
			BrokerConfig{BrokerLabels: map[string]string{"a": "own", "b": "group", "e": ""}},
		},
		{
			"an explicit false or 0 wins over the group",
			BrokerConfig{
				SecurityContext:        &corev1.SecurityContext{RunAsNonRoot: new(false)},
				TerminationGracePeriod: new(int64(0)),
			},
			BrokerConfig{
				SecurityContext:        &corev1.SecurityContext{RunAsNonRoot: new(true), RunAsUser: new(int64(1))},
				TerminationGracePeriod: new(int64(300)),
			},
			BrokerConfig{
				SecurityContext:        &corev1.SecurityContext{RunAsNonRoot: new(false), RunAsUser: new(int64(1))},
				TerminationGracePeriod: new(int64(0)),
			},
		},
		{
			"the group's grace period holds where the broker has settings but none of this",
			BrokerConfig{Image: "own"},
			BrokerConfig{TerminationGracePeriod: new(int64(300))},
			BrokerConfig{Image: "own", TerminationGracePeriod: new(int64(300))},
		},
	})
}

func TestMergeOfLists(t *testing.T) {
	disk := func(path, medium string) StorageConfig {
		source := &corev1.EmptyDirVolumeSource{Medium: corev1.StorageMedium(medium)}
		return StorageConfig{MountPath: path, EmptyDir: source}
	}
	checkMerge(t, []mergeCase{
		{
			"lists are joined, the broker's first",
			BrokerConfig{Tolerations: []corev1.Toleration{{Key: "own"}}},
			BrokerConfig{Tolerations: []corev1.Toleration{{Key: "group"}, {Key: "own"}}},
			BrokerConfig{Tolerations: []corev1.Toleration{{Key: "own"}, {Key: "group"}, {Key: "own"}}},
		},
		{
			"a disk of the same path is the broker's",
			BrokerConfig{StorageConfigs: []StorageConfig{disk("/b", "own"), disk("/a", "own")}},
			BrokerConfig{StorageConfigs: []StorageConfig{disk("/a", "group"), disk("/c", "group")}},
			BrokerConfig{StorageConfigs: []StorageConfig{disk("/b", "own"), disk("/a", "own"), disk("/c", "group")}},
		},
		{
			"a role is had once",
			BrokerConfig{Roles: []ProcessRole{RoleController}},
			BrokerConfig{Roles: []ProcessRole{RoleBroker, RoleController}},
			BrokerConfig{Roles: []ProcessRole{RoleController, RoleBroker}},
		},
		{
			"a container of the same name is the broker's, because a Pod may have only one",
			BrokerConfig{Containers: []corev1.Container{{Name: "x", Image: "own"}}},
			BrokerConfig{Containers: []corev1.Container{{Name: "y"}, {Name: "x", Image: "group"}}},
			BrokerConfig{Containers: []corev1.Container{{Name: "x", Image: "own"}, {Name: "y"}}},
		},
		{
			"environments are joined, the broker's last, because the last one has the say",
			BrokerConfig{Envs: []corev1.EnvVar{{Name: "A", Value: "own"}}},
			BrokerConfig{Envs: []corev1.EnvVar{{Name: "A", Value: "group"}}},
			BrokerConfig{Envs: []corev1.EnvVar{{Name: "A", Value: "group"}, {Name: "A", Value: "own"}}},
		},
	})
}

func TestMergeOfStructs(t *testing.T) {
	cpu := func(key corev1.ResourceName, value string) corev1.ResourceList {
		return corev1.ResourceList{key: resource.MustParse(value)}
	}
	node := func(zone string) *corev1.NodeAffinity {
		term := corev1.NodeSelectorTerm{MatchFields: []corev1.NodeSelectorRequirement{{Key: zone}}}
		return &corev1.NodeAffinity{
			PreferredDuringSchedulingIgnoredDuringExecution: []corev1.PreferredSchedulingTerm{{Preference: term}},
		}
	}
	anti := &corev1.PodAntiAffinity{
		RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{{TopologyKey: "host"}},
	}
	groupAffinity := &corev1.Affinity{NodeAffinity: node("group"), PodAntiAffinity: anti}
	both := &corev1.Affinity{NodeAffinity: node("own"), PodAntiAffinity: anti}
	checkMerge(t, []mergeCase{
		{
			"structs are filled up field by field, resources key by key",
			BrokerConfig{
				Resources:     &corev1.ResourceRequirements{Limits: cpu("cpu", "2")},
				NetworkConfig: &NetworkConfig{IncomingNetworkThroughPut: "1"},
			},
			BrokerConfig{
				Resources:     &corev1.ResourceRequirements{Limits: cpu("memory", "1Gi"), Requests: cpu("cpu", "1")},
				NetworkConfig: &NetworkConfig{IncomingNetworkThroughPut: "9", OutgoingNetworkThroughPut: "9"},
			},
			BrokerConfig{
				Resources: &corev1.ResourceRequirements{
					Limits:   corev1.ResourceList{"cpu": resource.MustParse("2"), "memory": resource.MustParse("1Gi")},
					Requests: cpu("cpu", "1"),
				},
				NetworkConfig: &NetworkConfig{IncomingNetworkThroughPut: "1", OutgoingNetworkThroughPut: "9"},
			},
		},
		{
			"affinity: a list of the broker replaces the group's, the rest stays",
			BrokerConfig{Affinity: &corev1.Affinity{NodeAffinity: node("own")}},
			BrokerConfig{Affinity: groupAffinity},
			BrokerConfig{Affinity: both},
		},
		{
			"affinity: an empty one leaves the group's",
			BrokerConfig{Affinity: &corev1.Affinity{}},
			BrokerConfig{Affinity: groupAffinity},
			BrokerConfig{Affinity: groupAffinity},
		},
	})
}

func TestResolvedBrokers(t *testing.T) {
	cluster := &KafkaCluster{Spec: KafkaClusterSpec{
		KRaft: true, ClusterImage: "kafka:1",
		Envs: []corev1.EnvVar{{Name: "A", Value: "cluster"}},
		BrokerConfigGroups: map[string]BrokerConfig{
			"data": {Roles: []ProcessRole{RoleBroker}, Envs: []corev1.EnvVar{{Name: "B", Value: "group"}}},
		},
		Brokers: []Broker{
			{ID: 7, BrokerConfigGroup: "data", ReadOnlyConfig: "x=1"},
			{ID: 3, BrokerConfig: &BrokerConfig{Roles: []ProcessRole{RoleController}, Image: "kafka:2"}},
			{ID: 4, BrokerConfigGroup: "missing"},
		},
	}}
	brokers := cluster.ResolvedBrokers()
	data, controller, bare := brokers[0], brokers[1], brokers[2]
	if data.ID != 7 || data.Index != 0 || data.Group != "data" || data.ReadOnlyConfig != "x=1" {
		t.Errorf("the first broker is %+v", data)
	}
	if !data.IsBroker() || data.IsController() || !controller.IsControllerOnly() || bare.IsBroker() {
		t.Errorf("roles %v, %v, %v", data.Roles, controller.Roles, bare.Roles)
	}
	if data.Image != "kafka:1" || controller.Image != "kafka:2" || data.MetricsReporterImage != DefaultCruiseControlImage {
		t.Errorf("images %s, %s, %s", data.Image, controller.Image, data.MetricsReporterImage)
	}
	want := []corev1.EnvVar{{Name: "A", Value: "cluster"}, {Name: "B", Value: "group"}}
	if diff := cmp.Diff(want, data.Envs) + cmp.Diff(want[:1], controller.Envs); diff != "" {
		t.Errorf("environment (-want +got):\n%s", diff)
	}
	if *bare.TerminationGracePeriod != 120 || bare.ServiceAccountName != "default" ||
		bare.Resources.Limits.Cpu().String() != "1500m" {
		t.Errorf("defaults %+v", bare.BrokerConfig)
	}
	if diff := cmp.Diff(data.BrokerConfig, cluster.ResolveBroker(cluster.Spec.Brokers[0]).BrokerConfig); diff != "" {
		t.Errorf("one broker resolves otherwise than all (-all +one):\n%s", diff)
	}
	cluster.Spec.KRaft = false
	if b := cluster.ResolvedBrokers()[1]; !b.IsBroker() || b.IsController() {
		t.Errorf("with ZooKeeper the roles are %v", b.Roles)
	}
}

func BenchmarkResolvedBrokers(b *testing.B) {
	for _, n := range []int{30, 1000} {
		cluster := largeCluster(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				cluster.ResolvedBrokers()
			}
		})
	}
}

// largeCluster has n brokers of one group; every second one has a setting of its own.
func largeCluster(n int) *KafkaCluster {
	cluster := validCluster()
	cluster.Spec.Brokers = cluster.Spec.Brokers[:1]
	for id := int32(1); id < int32(n); id++ {
		broker := Broker{ID: id, BrokerConfigGroup: "data"}
		if id%2 == 0 {
			broker.BrokerConfig = &BrokerConfig{BrokerLabels: map[string]string{"rack": "a"}}
		}
		cluster.Spec.Brokers = append(cluster.Spec.Brokers, broker)
	}
	return cluster
}
