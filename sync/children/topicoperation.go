package children

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/sync"
)

// Parameters of topic_configuration. Source: Cruise Control, TopicConfigurationParameters.
const (
	// TopicPattern is a regular expression for the names of topics.
	TopicPattern = "topic"
	// ReplicationFactor is how many replicas their partitions get.
	ReplicationFactor = "replication_factor"
)

// topicOperationTTL is how long the operation of a topic is shown after its end: a day, in seconds.
const topicOperationTTL = 24 * 60 * 60

// ReplicasOf are the parameters for a topic that is to have so many replicas.
func ReplicasOf(topic string, replicas int32) map[string]string {
	return map[string]string{
		TopicPattern: regexp.QuoteMeta(topic), ReplicationFactor: strconv.Itoa(int(replicas)),
	}
}

// TopicOperation is the operation that changes how many replicas a topic's partitions have. After names what ran for
// the same before, so that the next one is another object.
func TopicOperation(t *v1alpha1.KafkaTopic, after []string) sync.Child {
	const digits = 8
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %d %q", t.Spec.Name, t.Spec.ReplicationFactor, after))
	ttl := topicOperationTTL
	meta := metadata{
		Name: t.Name + "-replicas-" + hex.EncodeToString(sum[:])[:digits], Namespace: t.Namespace,
		Labels: ClusterLabels(t.Spec.ClusterRef.Name), Annotations: map[string]string{},
	}
	return child(v1alpha1.GroupVersion().String(), "CruiseControlOperation", meta, &v1alpha1.CruiseControlOperationSpec{
		Operation: v1alpha1.OperationTopicConfiguration, ErrorPolicy: v1alpha1.ErrorPolicyRetry,
		Parameters: ReplicasOf(t.Spec.Name, t.Spec.ReplicationFactor), TTLSecondsAfterFinished: &ttl,
	})
}
