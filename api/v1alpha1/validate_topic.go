package v1alpha1

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// longestTopicName is how many characters a topic's name may have, and legalTopicName which.
// Source: Kafka, org.apache.kafka.common.internals.Topic.
const longestTopicName = 249

var legalTopicName = regexp.MustCompile(`^[a-zA-Z0-9._-]+$`)

// mostReplicas is the largest replication factor that Kafka's protocol can say (an int16).
const mostReplicas = 1<<15 - 1

// Validate lists every mistake in the spec that can be found without asking Kafka.
func (t *KafkaTopic) Validate() field.ErrorList {
	var mistakes field.ErrorList
	spec := field.NewPath("spec")
	switch name := t.Spec.Name; {
	case name == "":
		mistakes = append(mistakes, field.Required(spec.Child("name"), "the topic's name in Kafka"))
	case name == "." || name == ".." || !legalTopicName.MatchString(name):
		mistakes = append(mistakes, field.Invalid(spec.Child("name"), name,
			"Kafka allows letters, digits, '.', '_' and '-', and neither '.' nor '..' alone"))
	case len(name) > longestTopicName:
		mistakes = append(mistakes, field.TooLong(spec.Child("name"), name, longestTopicName))
	}
	if n := t.Spec.Partitions; n < 1 && n != BrokerDefault {
		mistakes = append(mistakes, field.Invalid(spec.Child("partitions"), n,
			"must be 1 or more, or -1 for the brokers' default"))
	}
	if n := t.Spec.ReplicationFactor; n < 1 && n != BrokerDefault || n > mostReplicas {
		mistakes = append(mistakes, field.Invalid(spec.Child("replicationFactor"), n,
			fmt.Sprintf("must be 1 to %d, or -1 for the brokers' default", mostReplicas)))
	}
	if t.Spec.ClusterRef.Name == "" {
		mistakes = append(mistakes, field.Required(spec.Child("clusterRef", "name"), "the KafkaCluster that the topic is in"))
	}
	for _, key := range slices.Sorted(maps.Keys(t.Spec.Config)) {
		if strings.TrimSpace(key) != key || key == "" {
			mistakes = append(mistakes, field.Invalid(spec.Child("config"), key,
				"a key has no blanks around it and is not empty"))
		}
	}
	return mistakes
}

// IsInternal says that a topic is Kafka's own: it is never made or deleted by a KafkaTopic.
// Source: Kafka, org.apache.kafka.common.internals.Topic.
func IsInternal(topic string) bool {
	switch topic {
	case "__consumer_offsets", "__transaction_state", "__share_group_state", "__cluster_metadata":
		return true
	}
	return false
}
