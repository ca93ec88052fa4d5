package claims

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
)

// What a claim was made with is sent again with every call: what is left out is taken away, and the API server refuses
// the whole claim for it.
func TestAClaimIsSentAsItWasMade(t *testing.T) {
	size := corev1.VolumeResourceRequirements{
		Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("10Gi")},
	}
	group, space := "snapshot.storage.k8s.io", "backups"
	from := &corev1.TypedObjectReference{APIGroup: &group, Kind: "VolumeSnapshot", Name: "monday", Namespace: &space}
	gold, silver, none := "gold", "silver", ""
	for name, c := range map[string]struct {
		asked, observed, want corev1.PersistentVolumeClaimSpec
		annotations           map[string]string
		phase                 corev1.PersistentVolumeClaimPhase
	}{
		"the volume that the CR names": {
			asked:    corev1.PersistentVolumeClaimSpec{VolumeName: "disk-7"},
			observed: corev1.PersistentVolumeClaimSpec{VolumeName: "disk-7"},
			want:     corev1.PersistentVolumeClaimSpec{VolumeName: "disk-7"},
		},
		"the volume that the CR no longer names": {
			observed: corev1.PersistentVolumeClaimSpec{VolumeName: "disk-7"},
			want:     corev1.PersistentVolumeClaimSpec{VolumeName: "disk-7"},
		},
		"the volume that Kubernetes has chosen": {
			observed:    corev1.PersistentVolumeClaimSpec{VolumeName: "pvc-1"},
			annotations: map[string]string{"pv.kubernetes.io/bound-by-controller": "yes"},
		},
		"where its data came from": {
			asked:    corev1.PersistentVolumeClaimSpec{DataSourceRef: from},
			observed: corev1.PersistentVolumeClaimSpec{DataSourceRef: from},
			want:     corev1.PersistentVolumeClaimSpec{DataSourceRef: from},
		},
		"its class of attributes": {
			observed: corev1.PersistentVolumeClaimSpec{VolumeAttributesClassName: &gold},
			want:     corev1.PersistentVolumeClaimSpec{VolumeAttributesClassName: &gold},
		},
		"another class of attributes": {
			asked:    corev1.PersistentVolumeClaimSpec{VolumeAttributesClassName: &silver},
			observed: corev1.PersistentVolumeClaimSpec{VolumeAttributesClassName: &gold},
			want:     corev1.PersistentVolumeClaimSpec{VolumeAttributesClassName: &silver},
		},
		"no class of attributes any more": {
			asked:    corev1.PersistentVolumeClaimSpec{VolumeAttributesClassName: &none},
			observed: corev1.PersistentVolumeClaimSpec{VolumeAttributesClassName: &gold},
			want:     corev1.PersistentVolumeClaimSpec{VolumeAttributesClassName: &gold},
		},
		"another class of attributes before it is bound": {
			asked:    corev1.PersistentVolumeClaimSpec{VolumeAttributesClassName: &silver},
			observed: corev1.PersistentVolumeClaimSpec{VolumeAttributesClassName: &gold},
			want:     corev1.PersistentVolumeClaimSpec{VolumeAttributesClassName: &gold},
			phase:    corev1.ClaimPending,
		},
	} {
		t.Run(name, func(t *testing.T) {
			c.asked.Resources, c.observed.Resources, c.want.Resources = size, size, size
			claim := &sync.PersistentVolumeClaim{Spec: c.observed}
			claim.Name, claim.Status.Phase = "demo-0-storage-0", corev1.ClaimBound
			if c.phase != "" {
				claim.Status.Phase = c.phase
			}
			claim.Annotations.Values = map[string]string{MountPath: "/kafka-logs"}
			maps.Copy(claim.Annotations.Values, c.annotations)
			broker := &v1beta1.ResolvedBroker{}
			broker.StorageConfigs = []v1beta1.StorageConfig{{MountPath: "/kafka-logs", PVCSpec: &c.asked}}
			settled := Settle(&Situation{Cluster: "demo", Broker: broker, Claims: []*sync.PersistentVolumeClaim{claim}})
			if len(settled.Volumes) != 1 {
				t.Fatalf("got volumes %+v", settled.Volumes)
			}
			if diff := cmp.Diff(&c.want, settled.Volumes[0].ClaimSpec); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
