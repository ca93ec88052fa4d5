package children

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/sync"
)

// Keys of a topic's claim.
const (
	// ClaimHolder is namespace/name of the KafkaTopic that holds the claim.
	ClaimHolder = "kafkaTopic"
	// ClaimCreates is "true" when Kafka knew no such topic when the claim was made: one that is there later is ours.
	ClaimCreates = "creates"

	claimCluster = "kafkaCluster"
	claimTopic   = "topic"
	// appKafkaTopic is the value of AppLabel on a topic's claim.
	appKafkaTopic = "kafka-topic"
)

// TopicClaimName is the name of the ConfigMap by which a KafkaTopic claims a topic: a function of the cluster, as
// namespace/name, and of the topic's name in Kafka, so that two KafkaTopics for one topic meet in it.
func TopicClaimName(cluster, topic string) string {
	const length = 10 // bytes: enough that no two topics of an installation share a name by accident
	sum := sha256.Sum256([]byte(cluster + "/" + topic))
	return "kafkatopic-" + hex.EncodeToString(sum[:length])
}

// TopicClaim is the ConfigMap by which a KafkaTopic claims a topic of a cluster, named namespace/name (docs/adr/0020).
func TopicClaim(t *v1alpha1.KafkaTopic, cluster string, creates bool) sync.Child {
	name := TopicClaimName(cluster, t.Spec.Name)
	data := map[string]string{
		ClaimHolder: t.Namespace + "/" + t.Name, claimCluster: cluster, claimTopic: t.Spec.Name,
	}
	if creates {
		data[ClaimCreates] = "true"
	}
	meta := metadata{
		Name: name, Namespace: t.Namespace, Labels: map[string]string{AppLabel: appKafkaTopic},
		Annotations: map[string]string{},
	}
	return sync.Child{
		APIVersion: coreV1, Kind: "ConfigMap", Name: name,
		Object: &configMap{APIVersion: coreV1, Kind: "ConfigMap", Metadata: meta, Data: data},
	}
}
