package topic

import (
	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/kompositor/kompositor/sync"
)

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
		Connection: o.cluster.Connection, Cluster: true, Topic: o.topic.Spec.Name, Reassignments: o.replicasDiffered(),
	}}
}

// replicasDiffered says that replicas differed from the spec when they were last looked at: what is moved then tells a
// topic that somebody moves from one that is to be changed.
func (o *Observed) replicasDiffered() bool {
	want, had := o.topic.Spec.ReplicationFactor, o.topic.Status.ReplicationFactor
	ready := meta.FindStatusCondition(o.topic.Status.Conditions, string(sync.Ready))
	return !o.request.Finalizing && want > 0 &&
		(had != want || ready != nil && ready.Reason == string(sync.ReplicasDiffer))
}
