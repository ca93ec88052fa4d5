package connection

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
)

func TestTo(t *testing.T) {
	secret := &sync.Secret{Data: map[string]sync.Confidential{
		keyCA: []byte("ca"), keyCertificate: []byte("crt"), keyKey: []byte("key"),
		keyUsername: []byte("admin\n"), keyPassword: []byte("open"),
	}}
	to := func(protocol, address string) sync.KafkaConnection {
		return sync.KafkaConnection{Cluster: "data/demo", Protocol: protocol, Bootstrap: []string{address}}
	}
	withTLS := to("SSL", "demo-all-broker.data.svc.cluster.local:29092")
	withTLS.CA, withTLS.Certificate, withTLS.Key = []byte("ca"), []byte("crt"), []byte("key")
	withLogin := to("SASL_PLAINTEXT", "demo-all-broker.data.svc.cluster.local:29092")
	withLogin.SASLMechanism, withLogin.SASLUsername = "SCRAM-SHA-512", []byte("admin\n")
	withLogin.SASLPassword = []byte("open")
	cases := map[string]struct {
		listener v1beta1.SecurityProtocol
		headless bool
		secret   *sync.Secret
		want     sync.KafkaConnection
		needs    bool
	}{
		"plaintext":    {"plaintext", false, secret, to("PLAINTEXT", "demo-all-broker.data.svc.cluster.local:29092"), false},
		"headless":     {"plaintext", true, nil, to("PLAINTEXT", "demo-headless.data.svc.cluster.local:29092"), false},
		"TLS":          {"ssl", false, secret, withTLS, true},
		"TLS, no keys": {"ssl", false, nil, to("SSL", "demo-all-broker.data.svc.cluster.local:29092"), true},
		"SASL":         {"sasl_plaintext", false, secret, withLogin, true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			cluster := &v1beta1.KafkaCluster{}
			cluster.Namespace, cluster.Name = "data", "demo"
			cluster.Spec.HeadlessServiceEnabled = c.headless
			listener := v1beta1.InternalListenerConfig{}
			listener.UsedForInnerBrokerCommunication = true
			listener.Type, listener.Name, listener.ContainerPort = c.listener, "internal", 29092
			cluster.Spec.ListenersConfig.InternalListeners = []v1beta1.InternalListenerConfig{listener}
			if diff := cmp.Diff(c.want, To(cluster, c.secret)); diff != "" {
				t.Errorf("reached differently (-want +got):\n%s", diff)
			}
			if Needs(cluster) != c.needs {
				t.Errorf("needs a Secret: %t, want %t", Needs(cluster), c.needs)
			}
		})
	}
	if got := To(&v1beta1.KafkaCluster{}, secret); len(got.Bootstrap) != 0 {
		t.Errorf("without a listener it is reached at %v", got.Bootstrap)
	}
}
