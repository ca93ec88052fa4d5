package children

import (
	"cmp"
	"strconv"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/sync"
)

// AnnotationRetainTopic on a KafkaTopic, set to "true", keeps the topic in Kafka when the KafkaTopic is deleted.
const AnnotationRetainTopic = "kompositor.io/retain-topic"

// The topic that Cruise Control reads the brokers' metrics from, where the user says nothing; as with Koperator, but
// for a cluster that has fewer brokers than that.
const (
	metricsTopic           = "__CruiseControlMetrics"
	metricsTopicPartitions = 12
	metricsTopicReplicas   = 3
)

// MetricsTopic is the KafkaTopic of the topic that Cruise Control reads the brokers' metrics from. What of it can not
// change is as before, the observed one; partitions never get fewer.
//
// It belongs to whoever runs a Cruise Control for these brokers, so it stays in Kafka when this KafkaTopic goes.
func MetricsTopic(c *Cluster, before *v1alpha1.KafkaTopicSpec) sync.Child {
	brokers, _, _ := c.census()
	spec := &v1alpha1.KafkaTopicSpec{
		Name:       cmp.Or(c.shared.readOnly.Value(keyMetricsTopic), metricsTopic),
		Partitions: metricsTopicPartitions, ReplicationFactor: min(metricsTopicReplicas, max(1, int32(brokers))),
		ClusterRef: v1alpha1.ClusterReference{Name: c.Parent.Name, Namespace: c.Parent.Namespace},
	}
	if before != nil {
		spec.Name, spec.ReplicationFactor = before.Name, before.ReplicationFactor
	}
	if asked := c.Parent.Spec.CruiseControlConfig.TopicConfig; asked != nil {
		spec.Partitions, spec.ReplicationFactor = asked.Partitions, asked.ReplicationFactor
	}
	if before != nil {
		spec.Partitions = max(spec.Partitions, before.Partitions)
	}
	labels := ClusterLabels(c.Parent.Name)
	labels["clusterName"], labels["clusterNamespace"] = c.Parent.Name, c.Parent.Namespace
	annotations := map[string]string{
		AnnotationRetainTopic:        strconv.FormatBool(true),
		v1alpha1.ManagedByAnnotation: v1alpha1.ManagedByKoperator, // one that is there already is taken over as it is
	}
	meta := c.meta(MetricsTopicName(c.Parent.Name), labels, annotations)
	return child(v1alpha1.GroupVersion().String(), "KafkaTopic", meta, spec)
}

// ReporterMakesTopic says that the user leaves the topic of the metrics to the metrics reporter.
func ReporterMakesTopic(c *Cluster) bool {
	made, err := strconv.ParseBool(c.shared.readOnly.Value(keyMetricsTopicMade))
	return err == nil && made
}
