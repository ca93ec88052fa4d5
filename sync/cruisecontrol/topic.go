package cruisecontrol

import (
	"fmt"

	"github.com/go-json-experiment/json"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
)

// metricsTopic is the topic that Cruise Control reads the brokers' metrics from.
type metricsTopic struct {
	children []sync.Child
	// waits says in a clause what it waits for; empty when it is there, or when nobody of us makes it.
	waits string
	// ours says that a KafkaTopic stands for it.
	ours bool
}

// topic makes the topic as a KafkaTopic, once the brokers are ready: Cruise Control ends when it finds none. Where the
// user has told the metrics reporter to make it, nothing is made here.
func (s *Situation) topic(started bool) metricsTopic {
	if children.ReporterMakesTopic(s.Cluster) {
		return metricsTopic{}
	}
	observed := s.observedTopic()
	if observed == nil {
		if s.Unready != "" && !started {
			return metricsTopic{}
		}
		return metricsTopic{
			children: []sync.Child{children.MetricsTopic(s.Cluster, nil)}, ours: true,
			waits: "the topic of its metrics is being made",
		}
	}
	topic := metricsTopic{ours: true}
	var resource v1alpha1.KafkaTopic
	// What the API server has taken fits its type; what does not has no status, and waits.
	_ = json.Unmarshal(observed.Status, &resource.Status)
	before := &resource.Spec
	if json.Unmarshal(observed.Spec, before) != nil || before.Name == "" {
		before = nil
	}
	topic.children = []sync.Child{children.MetricsTopic(s.Cluster, before)}
	if !exists(&resource.Status) {
		topic.waits = fmt.Sprintf("KafkaTopic %s, the topic of its metrics, is not in Kafka yet%s", observed.Name,
			saidOf(&resource.Status))
	}
	return topic
}

func (s *Situation) observedTopic() *sync.Referenced {
	for i := range s.Observed.KafkaTopics {
		if s.Observed.KafkaTopics[i].Name == children.MetricsTopicName(s.Cluster.Parent.Name) {
			return &s.Observed.KafkaTopics[i]
		}
	}
	return nil
}

// exists says that the topic is in Kafka: made by its KafkaTopic, or by somebody else before.
func exists(status *v1alpha1.KafkaTopicStatus) bool {
	if status.State == v1alpha1.TopicStateCreated {
		return true
	}
	for i := range status.Conditions {
		reason := sync.Reason(status.Conditions[i].Reason)
		if reason == sync.TopicExists || reason == sync.TopicConflict {
			return true
		}
	}
	return false
}

// saidOf is what a KafkaTopic says of itself, as the end of a clause.
func saidOf(status *v1alpha1.KafkaTopicStatus) string {
	for i := range status.Conditions {
		if c := &status.Conditions[i]; c.Type == string(sync.Ready) && c.Message != "" {
			return " (" + c.Message + ")"
		}
	}
	return ""
}

// status is Koperator's word for it.
func (t *metricsTopic) status() v1beta1.CruiseControlTopicStatus {
	switch {
	case t.ours && t.waits == "":
		return v1beta1.CruiseControlTopicReady
	case t.ours:
		return v1beta1.CruiseControlTopicNotReady
	}
	return ""
}
