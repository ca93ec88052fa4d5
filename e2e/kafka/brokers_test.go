package kafka_test

import (
	"strings"
	"syscall"
	"testing"

	confluent "github.com/confluentinc/confluent-kafka-go/v2/kafka"
	corev1 "k8s.io/api/core/v1"

	"github.com/kompositor/kompositor/e2e/kafka"
)

// Three nodes that are broker and controller at once form a cluster. One leaves in order while records go in, comes
// back to its disk, and crashes: nothing that was acknowledged is lost.
func TestCombined(t *testing.T) {
	c := newCluster(t, parts{sample: "kafkacluster-kraft-combined.yaml", version: kafka.Kafka3})
	l := newLedger(c, nil)
	l.produce(records, nil)
	l.check()

	const name = "small-0"
	l.produce(records, func() { c.stop(name) })
	c.says(name, "controlled shutdown")
	l.check()

	c.run(name)
	c.ready(name)
	c.says(name, "already formatted")
	l.inSync(3)

	c.running[name].Signal("kafka", syscall.SIGKILL)
	until(t, name+" to be restarted in its place", func() bool {
		status := c.running[name].Status().ContainerStatuses[0]
		return status.RestartCount == 1 && status.Ready
	})
	l.inSync(3)
	l.check()
}

// Controllers and brokers on nodes of their own form a cluster, and go on without one of each.
func TestSeparate(t *testing.T) {
	c := newCluster(t, parts{sample: "kafkacluster-kraft-separate.yaml", version: kafka.Kafka4})
	l := newLedger(c, nil)
	l.produce(records, nil)
	l.check()
	l.produce(records, func() {
		c.stop("large-100")
		c.stop("large-0")
	})
	c.says("large-100", "controlled shutdown")
	l.check()
}

// Listeners with TLS on both sides work with a Secret that the user provides, for brokers, controllers, the metrics
// reporter and clients; a client without a certificate is refused, and the password is in no log.
func TestTLS(t *testing.T) {
	for _, version := range []string{kafka.Kafka3, kafka.Kafka4} {
		t.Run(version, func(t *testing.T) { runTLS(t, version) })
	}
}

func runTLS(t *testing.T, version string) {
	t.Helper()
	const domain = "secure-headless.kafka.svc.cluster.local"
	keys := newKeystores(t, "DNS:"+domain+",DNS:*."+domain)
	c := newCluster(t, parts{
		sample: "kafkacluster-ssl.yaml", version: version, secrets: []*corev1.Secret{keys.secret("secure-server")},
	})
	l := newLedger(c, keys.known())
	l.produce(records, nil)
	l.check()
	for name := range c.running {
		c.saysSoon(name, "metrics reporter reached cluster")
		if strings.Contains(c.running[name].Log("kafka"), password) {
			t.Errorf("%s tells its password", name)
		}
	}
	stranger := (&ledger{t: t, config: keys.trusting()}).with(confluent.ConfigMap{"bootstrap.servers": c.bootstrap})
	admin, err := confluent.NewAdminClient(stranger)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	if metadata, err := admin.GetMetadata(nil, true, 5000); err == nil {
		t.Errorf("a client without a certificate is told %+v", metadata)
	}
}
