package identity_test

import (
	"testing"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/identity"
)

// What an object's name and controller say outweighs its labels; an object of another name goes by them.
func TestIdentity(t *testing.T) {
	for _, c := range []struct{ name, controller, clusterLabel, brokerLabel, broker, cluster string }{
		{"demo-1", "demo", "demo", "1", "1", "kafka/demo"},
		{"demo-1", "demo", "demo", "2", "1", "kafka/demo"},
		{"demo-1", "demo", "other", "", "1", "kafka/demo"},
		{"demo-1", "", "demo", "", "1", "kafka/demo"},
		{"demo-1", "", "other", "2", "2", "kafka/other"},
		{"demo-12-storage-0", "demo", "", "x", "12", "kafka/demo"},
		{"demo-12-x7k2p", "demo", "demo", "", "12", "kafka/demo"},
		{"demo-config-3", "demo", "demo", "", "3", "kafka/demo"},
		{"demo-1-2", "demo-1", "demo", "7", "2", "kafka/demo-1"},
		{"demo-cruisecontrol-5d8f", "demo", "demo", "", "", "kafka/demo"},
		{"logs-of-4", "demo", "demo", "4", "4", "kafka/demo"},
	} {
		o := apiserver.Object{"metadata": apiserver.Object{
			"namespace": "kafka", "name": c.name,
			"labels": apiserver.Object{"kafka_cr": c.clusterLabel, "brokerId": c.brokerLabel},
		}}
		if c.controller != "" {
			apiserver.Set(o, []any{
				apiserver.Object{"kind": "KafkaUser", "name": "else"},
				apiserver.Object{"kind": "KafkaCluster", "name": c.controller, "controller": true},
			}, "metadata", "ownerReferences")
		}
		if cluster, broker := identity.Cluster(o), identity.Broker(o); cluster != c.cluster || broker != c.broker {
			t.Errorf("%+v: it is of broker %q of %s", c, broker, cluster)
		}
	}
}
