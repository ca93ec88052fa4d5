package kafka_test

import (
	"testing"

	"github.com/kompositor/kompositor/e2e/kafka"
)

func TestTmp(t *testing.T) {
	newCluster(t, parts{sample: "kafkacluster-kraft-combined.yaml", version: kafka.Kafka4})
}
