package topic

import "github.com/kompositor/kompositor/sync"

// Ask asks the cluster for itself and for the topic, whenever it can be asked: a topic is as it was until somebody
// looks.
func (o *Observed) Ask() sync.Questions {
	switch {
	case len(o.mistakes) > 0 && !o.request.Finalizing, o.deleting && !o.request.Finalizing, o.cluster.Waits != "":
		return sync.Questions{}
	case o.request.Finalizing && o.letsGo() != "":
		return sync.Questions{}
	}
	return sync.Questions{Kafka: &sync.KafkaQuestions{
		Connection: o.cluster.Connection, Cluster: true, Topic: o.topic.Spec.Name,
	}}
}
