package connection

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kompositor/kompositor/api/v1beta1"
)

func TestBeside(t *testing.T) {
	cluster := &v1beta1.KafkaCluster{}
	cluster.Name, cluster.Namespace = "demo", "data"
	cluster.Spec.ListenersConfig.InternalListeners = []v1beta1.InternalListenerConfig{{
		CommonListenerSpec: v1beta1.CommonListenerSpec{
			Name: "internal", Type: "plaintext", ContainerPort: 29092, UsedForInnerBrokerCommunication: true,
		},
	}}
	const host = "demo-all-broker.data.svc.cluster.local"
	cases := map[string]struct {
		listeners, protocols, interBroker string
		want                              []string
	}{
		"another port": {
			"INTERNAL://:19092,CONTROLLER://:29093", "INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT", "INTERNAL",
			[]string{host + ":29092", host + ":19092"},
		},
		"the same port":  {"INTERNAL://:29092", "INTERNAL:PLAINTEXT", "INTERNAL", []string{host + ":29092"}},
		"another name":   {"OLD://:9092", "OLD:PLAINTEXT", "OLD", []string{host + ":29092", host + ":9092"}},
		"other protocol": {"INTERNAL://:9092", "INTERNAL:SSL", "INTERNAL", []string{host + ":29092"}},
		"nothing":        {"", "", "", []string{host + ":29092"}},
		"no port":        {"INTERNAL://:x", "INTERNAL:PLAINTEXT", "INTERNAL", []string{host + ":29092"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			former := FormerOf("listeners=" + c.listeners + "\nlistener.security.protocol.map=" + c.protocols +
				"\ninter.broker.listener.name=" + c.interBroker + "\n")
			got := Beside(To(cluster, nil), cluster, []Former{former, former})
			if diff := cmp.Diff(c.want, got.Bootstrap); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}
