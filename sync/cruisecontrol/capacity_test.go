package cruisecontrol

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync/children"
)

func TestCapacityOf(t *testing.T) {
	claim := func(size string) *corev1.PersistentVolumeClaimSpec {
		return &corev1.PersistentVolumeClaimSpec{Resources: corev1.VolumeResourceRequirements{
			Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse(size)},
		}}
	}
	limit := resource.MustParse("2G")
	cpu := func(limit, request string) *corev1.ResourceRequirements {
		r := &corev1.ResourceRequirements{}
		if limit != "" {
			r.Limits = corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(limit)}
		}
		if request != "" {
			r.Requests = corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(request)}
		}
		return r
	}
	network := &v1beta1.NetworkConfig{IncomingNetworkThroughPut: "7"}
	for name, test := range map[string]struct {
		config  v1beta1.BrokerConfig
		volumes []children.Volume
		want    capacity
	}{
		"nothing is known": {want: capacity{map[string]string{}, "100", "125000", "125000"}},
		"disks of every kind": {
			config: v1beta1.BrokerConfig{Resources: cpu("1500m", "1"), NetworkConfig: network},
			volumes: []children.Volume{
				{MountPath: "/a/", ClaimSpec: claim("10Gi")},
				{MountPath: "/b", EmptyDir: &corev1.EmptyDirVolumeSource{}},
				{MountPath: "/c", EmptyDir: &corev1.EmptyDirVolumeSource{SizeLimit: &limit}},
				{MountPath: "/d", ClaimSpec: claim("1k")},
			},
			want: capacity{
				map[string]string{"/a/kafka": "10737", "/b/kafka": "10737", "/c/kafka": "2000", "/d/kafka": "1"},
				"150", "7", "125000",
			},
		},
		"no limit": {
			config: v1beta1.BrokerConfig{Resources: cpu("", "2")},
			want:   capacity{map[string]string{}, "200", "125000", "125000"},
		},
		"a limit of memory alone": {
			config: v1beta1.BrokerConfig{Resources: cpu("", "")},
			want:   capacity{map[string]string{}, "100", "125000", "125000"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := children.Broker{Volumes: test.volumes}
			b.BrokerConfig = test.config
			if diff := cmp.Diff(test.want, capacityOf(&b).Capacity); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestCapacityIsKeptWhileItIsTrue(t *testing.T) {
	s := situation(t, "jbod", nil)
	first := s.capacity("")
	reordered := strings.ReplaceAll(strings.ReplaceAll(first, "\n", ""), "    ", "")
	more := strings.Replace(reordered, `[{`, `[{"brokerId":"7","capacity":{}},{`, 1)
	for name, before := range map[string]string{"as it is": first, "in another form": reordered, "with one more": more} {
		if got := s.capacity(before); got != before {
			t.Errorf("%s: it is written anew: %s", name, got)
		}
	}
	for name, before := range map[string]string{
		"no JSON": "?", "nothing": `{"brokerCapacities":[]}`, "another size": strings.Replace(more, "53687", "1", 1),
		"one for all": strings.Replace(more, `"7"`, `"-1"`, 1), "one broker less": strings.Replace(more, `"100"`, `"99"`, 1),
	} {
		if got := s.capacity(before); got != first {
			t.Errorf("%s: it is kept, or not as at first: %s", name, got)
		}
	}
}

func TestCapacityOfTheUser(t *testing.T) {
	s := situation(t, "jbod", nil)
	s.Unremembered = []int32{6, 7}
	user := &s.Cluster.Parent.Spec.CruiseControlConfig.CapacityConfig
	*user = `{ "brokerCapacities": [ {"brokerId": -1, "capacity": {"DISK": "1"}} ] }`
	if got := s.capacity(""); got != *user {
		t.Errorf("an entry for all brokers is not the user's word alone: %s", got)
	}
	*user = `{"brokerCapacities":[{"brokerId":"101","x":1}]}`
	got := s.capacity(`{"brokerCapacities":[{"brokerId":"7","was":"so"}]}`)
	_, ids := entries(got)
	if diff := cmp.Diff([]string{"101", "100", "102", "6", "7"}, ids); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for _, want := range []string{`"x": 1`, `"was": "so"`, `"/kafka-logs/kafka": "10737"`} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not in %s", want, got)
		}
	}
}
