package e2e

import (
	"testing"

	"github.com/kompositor/kompositor/e2e/metacontroller"
)

// Every sample KafkaTopic is answered through the shipped binary under the shipped CompositeController, whichever way
// Metacontroller writes. No Kafka runs here: the topic waits for its KafkaCluster, then for Kafka, says so, is written
// no more, and goes when it is deleted, for it never was in Kafka.
func TestTopicsWait(t *testing.T) {
	for _, strategy := range []metacontroller.ApplyStrategy{metacontroller.DynamicApply, metacontroller.ServerSideApply} {
		t.Run(string(strategy), func(t *testing.T) { topicsWait(t, strategy) })
	}
}

func topicsWait(t *testing.T, strategy metacontroller.ApplyStrategy) {
	t.Helper()
	clusters, _ := shippedDriver(t, "kafkaclusters", strategy)
	topics, _ := shippedDriver(t, "kafkatopics", strategy)
	for _, sample := range samples(t) {
		for _, object := range sample.objects {
			if object.GetKind() != "KafkaTopic" {
				continue
			}
			t.Run(sample.name, func(t *testing.T) {
				topic := newResource(t, topics, object)
				topic.says("Ready", "False", "ClusterMissing")
				topic.stand(3)
				cluster := newCluster(t, clusters, topic.key.Namespace, topic.clusterName())
				if pass := cluster.pass(); pass.Hook == "" {
					t.Fatalf("%s is not there", cluster.key)
				}
				topic.says("KafkaReachable", "False", "KafkaUnknown")
				topic.stand(3)
				topic.delete()
			})
		}
	}
}
