package connection

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
)

func TestToCruiseControl(t *testing.T) {
	const base = "http://demo-cruisecontrol-svc.data.svc.cluster.local:8090/kafkacruisecontrol"
	for endpoint, want := range map[string]string{
		"":                        base,
		"cc.example.com:9090":     "http://cc.example.com:9090/kafkacruisecontrol",
		"https://cc.example.com/": "https://cc.example.com/kafkacruisecontrol",
		"http://cc.example.com/kafkacruisecontrol/": "http://cc.example.com/kafkacruisecontrol",
	} {
		cluster := &v1beta1.KafkaCluster{}
		cluster.Name, cluster.Namespace = "demo", "data"
		cluster.Spec.CruiseControlConfig.CruiseControlEndpoint = endpoint
		if got := ToCruiseControl(cluster, nil); got.URL != want || got.Cluster != "data/demo" || got.Username != nil {
			t.Errorf("%q leads to %q of %q, want %q", endpoint, got.URL, got.Cluster, want)
		}
	}
}

func TestToCruiseControlWithLogin(t *testing.T) {
	cluster := &v1beta1.KafkaCluster{}
	secret := &sync.Secret{Data: map[string]sync.Confidential{
		keyControlUsername: []byte("admin"), keyControlPassword: []byte("open"), keyControlCA: []byte("ca"),
		keyUsername: []byte("not this one"),
	}}
	got := ToCruiseControl(cluster, secret)
	want := []string{"admin", "open", "ca"}
	shown := []string{string(got.Username), string(got.Password), string(got.CA)}
	if diff := cmp.Diff(want, shown); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if !OpensCruiseControl(secret) || OpensCruiseControl(&sync.Secret{}) {
		t.Error("a Secret with a login opens Cruise Control, and one without does not")
	}
}
