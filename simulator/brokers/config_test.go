package brokers

import (
	"strings"
	"testing"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/kubelet"
)

const combined = `node.id=1
process.roles=broker,controller
listeners=INTERNAL://:29092,CONTROLLER://:29093
advertised.listeners=INTERNAL://demo-1.demo-headless.n.svc.cluster.local:29092
listener.security.protocol.map=INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=INTERNAL
controller.listener.names=CONTROLLER
controller.quorum.voters=1@demo-1.demo-headless.n.svc.cluster.local:29093
log.dirs=/kafka-logs/kafka
`

// runWith is a Pod of broker 1 with that configuration, and one volume.
func runWith(config string) kubelet.Run {
	return kubelet.Run{
		Pod: apiserver.Object{
			"metadata": apiserver.Object{"labels": apiserver.Object{"brokerId": "1", "kafka_cr": "demo"}},
			"spec": apiserver.Object{"containers": []any{apiserver.Object{
				"name": "kafka", "volumeMounts": []any{apiserver.Object{"name": "data", "mountPath": "/kafka-logs"}},
			}}},
		},
		Files:  map[string]map[string]string{"/config": {configFile: config}, "/keys": {"store.jks": ""}},
		Claims: map[string]string{"/kafka-logs": "claim-uid"},
	}
}

func TestReadConfig(t *testing.T) {
	c, err := readConfig(runWith(combined))
	if err != nil {
		t.Fatal(err)
	}
	if c.id != 1 || !c.broker || !c.controller || len(c.voters) != 1 ||
		c.dirs[0] != (logDir{"/kafka-logs/kafka", "claim-uid"}) {
		t.Errorf("read %+v", c)
	}
}

// Each case is one thing that Kafka refuses to start with, and the words by which one finds it.
func TestReadConfigRefuses(t *testing.T) {
	for name, c := range map[string]struct{ from, to, why string }{
		"another broker's id":       {"node.id=1", "node.id=2", "in the Pod of broker"},
		"no id":                     {"node.id=1", "", "node.id"},
		"an unknown role":           {"broker,controller", "broker,observer", "no role"},
		"no roles":                  {"process.roles=broker,controller", "", "process.roles is empty"},
		"a port twice":              {"CONTROLLER://:29093", "CONTROLLER://:29092", "same port"},
		"a listener of no protocol": {"INTERNAL:PLAINTEXT,", "", "no protocol of listener INTERNAL"},
		"a broker that listens as a controller": {
			"process.roles=broker,controller", "process.roles=broker", "controller listener CONTROLLER",
		},
		"a controller without its listener": {",CONTROLLER://:29093", "", "controller listener CONTROLLER"},
		"a controller outside of the quorum": {
			"voters=1@demo-1", "voters=2@demo-2", "node.id 1 must be in controller.quorum.voters",
		},
		"no quorum": {
			"controller.quorum.voters=1@demo-1.demo-headless.n.svc.cluster.local:29093", "", "neither controller.quorum.voters",
		},
		"an advertised listener that does not exist": {"advertised.listeners=INTERNAL", "advertised.listeners=OUT", "OUT"},
		"nothing to reach it by": {
			"INTERNAL://demo-1.demo-headless.n.svc.cluster.local", "INTERNAL://", "no address",
		},
		"an inner listener that does not exist": {"name=INTERNAL", "name=OTHER", "OTHER is not among listeners"},
		"a log directory on no volume":          {"/kafka-logs/kafka", "/var/lib/kafka", "on no volume"},
		"no log directory":                      {"log.dirs=/kafka-logs/kafka", "", "log.dirs is empty"},
		"TLS without a key store":               {"INTERNAL:PLAINTEXT", "INTERNAL:SSL", "no key store"},
		"a key store that is not mounted": {
			"log.dirs", "ssl.keystore.location=/keys/other.jks\nlog.dirs", "/keys/other.jks is not mounted",
		},
		"an environment that nobody reads": {"://demo-1", "://${env:HOST}", "EnvVarConfigProvider"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readConfig(runWith(strings.Replace(combined, c.from, c.to, 1)))
			if err == nil || !strings.Contains(err.Error(), c.why) {
				t.Errorf("got %v, want something with %q", err, c.why)
			}
		})
	}
}
