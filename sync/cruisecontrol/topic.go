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
	// told is Koperator's word for it; empty when it is not known.
	told v1beta1.CruiseControlTopicStatus
}

// topic makes the topic as a KafkaTopic, once the brokers are ready: Cruise Control ends when it finds none. Where the
// user has told the metrics reporter to make it, nothing is made here.
func (s *Situation) topic(started bool) metricsTopic {
	observed := s.observedTopic()
	switch {
	case s.Unready != "" && !started && observed == nil:
		return metricsTopic{}
	case children.ReporterMakesTopic(s.Cluster):
		return metricsTopic{told: v1beta1.CruiseControlTopicReady}
	case observed == nil:
		return metricsTopic{
			children: []sync.Child{children.MetricsTopic(s.Cluster, nil)}, told: v1beta1.CruiseControlTopicNotReady,
			waits: "the topic of its metrics is being made",
		}
	}
	topic := metricsTopic{told: v1beta1.CruiseControlTopicReady}
	var resource v1alpha1.KafkaTopic
	// What the API server has taken fits its type; what does not has no status, and waits.
	_ = json.Unmarshal(observed.Status, &resource.Status)
	before := &resource.Spec
	if json.Unmarshal(observed.Spec, before) != nil || before.Name == "" {
		before = nil
	}
	topic.children = []sync.Child{children.MetricsTopic(s.Cluster, before)}
	if !exists(&resource.Status) {
		topic.told = v1beta1.CruiseControlTopicNotReady
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
