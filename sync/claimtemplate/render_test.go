package claimtemplate_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kompositor/kompositor/sync/claimtemplate"
)

func claim(label string) *corev1.PersistentVolumeClaimSpec {
	return &corev1.PersistentVolumeClaimSpec{
		VolumeName: "plain", Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"disk": label}},
	}
}

func TestRender(t *testing.T) {
	values := claimtemplate.Values{BrokerId: 3, MountPath: "/kafka-logs"}
	rendered, err := claimtemplate.Render(claim(`{{ .BrokerId }}{{ .MountPath | sha1sum | trunc 3 }}`), values)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(claim("3390"), rendered); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, broken := range []string{"{{ .BrokerID }}", "{{ now }}", "{{ randAlpha 3 }}", "{{"} {
		if _, err := claimtemplate.Render(claim(broken), values); err == nil || !strings.Contains(err.Error(), "pvcSpec") {
			t.Errorf("%s gives the error %v", broken, err)
		}
	}
}
