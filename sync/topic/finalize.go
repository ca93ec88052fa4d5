package topic

import (
	"fmt"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/parent"
)

// AnnotationRetain set to "true" keeps the topic in Kafka when the resource is deleted. It works on a resource that is
// being deleted too, and is then the way out when Kafka can not be reached or refuses.
const AnnotationRetain = "kompositor.io/retain-topic"

// finalize answers for a resource that is being deleted: its topic is deleted first, with all its records, unless
// something says that it is to stay. Whatever is in doubt stays too.
func (o *Observed) finalize(facts sync.Facts) sync.Decision {
	if !o.deleting || o.letsGo() != "" {
		return o.finalized()
	}
	if o.cluster.Waits != "" {
		if o.topic.Status.State != v1alpha1.TopicStateCreated {
			return o.finalized() // it was never seen in Kafka
		}
		return o.waits(facts, o.cluster.Reason, o.cluster.Waits)
	}
	topic, known := facts.Kafka.Topic.Get()
	wrong := o.cluster.WrongCluster(&facts.Kafka)
	_, reached := facts.Kafka.Cluster.Get()
	switch id := o.topic.Status.TopicID; {
	case !known:
		return o.waits(facts, sync.KafkaUnknown, "what Kafka says of the topic is not known: "+facts.Kafka.Topic.Why())
	case !reached:
		return o.waits(facts, sync.KafkaUnknown, "which cluster answers is not known: "+facts.Kafka.Cluster.Why())
	case wrong != "":
		return o.waits(facts, sync.WrongCluster, wrong)
	case !topic.Exists, id != "" && topic.ID != "" && id != topic.ID:
		return o.finalized() // gone, or another one that somebody has made since
	}
	d := o.waits(facts, sync.Finalizing, "Kafka was told to delete the topic and still has it")
	d.ResyncAfter, d.RetryAfter = resyncAfterCommand, retryAfterRefusal
	d.Commands = []sync.Command{sync.DeleteTopic{
		ToKafka: sync.ToKafka{Connection: o.cluster.Connection}, Topic: o.topic.Spec.Name,
	}}
	d.StatusAfter = func(outcomes sync.Outcomes) any {
		return o.waits(facts, sync.KafkaRefused, "Kafka does not delete the topic: "+outcomes.Err().Error()).Status
	}
	return d
}

// letsGo says why the topic stays in Kafka when the resource goes, without Kafka being asked; empty when it does not.
func (o *Observed) letsGo() string {
	switch spec := &o.topic.Spec; {
	case !o.owned() || o.forgotten:
		return "this resource has not made it"
	case o.claims.held() != "":
		return o.claims.held()
	case len(o.moved()) > 0:
		return "the spec names another one than this resource has made"
	case !o.managed():
		return "it is managed by " + o.managedBy()
	case o.topic.Annotations[AnnotationRetain] == "true":
		return "the annotation " + AnnotationRetain + " says so"
	case v1alpha1.IsInternal(spec.Name):
		return "it is Kafka's own"
	case !o.cluster.Exists || o.cluster.Deleting:
		return "its cluster goes or is gone"
	}
	return ""
}

// finalized lets the resource go. Its claim goes with it.
func (o *Observed) finalized() sync.Decision {
	return sync.Decision{
		Children: o.request.Children.Hold(), Status: &o.topic.Status, Finalized: true,
		Reasons: []sync.Reason{sync.Finalizing},
	}
}

// waits keeps the resource until its topic is gone, and says what for.
func (o *Observed) waits(facts sync.Facts, reason sync.Reason, why string) sync.Decision {
	status := o.topic.Status
	status.ObservedGeneration = o.identity.Generation
	status.Conditions = o.clock(facts).CarriedOver([]parent.Verdict{
		parent.IsNot(sync.Ready, reason, fmt.Sprintf("The resource is being deleted, and its topic first: %s. "+
			"To let the resource go and keep the topic, set the annotation %s: \"true\".", why, AnnotationRetain)),
	})
	return sync.Decision{
		Children: o.request.Children.Hold(), Status: &status, ResyncAfter: resyncWhileWaiting,
		Reasons: []sync.Reason{sync.Finalizing},
	}
}
