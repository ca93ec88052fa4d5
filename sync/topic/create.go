package topic

import (
	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/sync"
)

// create makes a topic that Kafka does not know, once this resource's claim says that it was not there before: from
// then on a topic of that name is known to be ours, also when the answer to the command is lost.
//
// A topic that was there and vanished, deleted by hand, is made again: its records are gone either way, and clients
// that go on would have the brokers make it with their defaults. The status keeps the id of the lost one.
func (p *plan) create() {
	spec := &p.o.topic.Spec
	if v1alpha1.IsInternal(spec.Name) {
		p.claimed = false
		p.problem(sync.TopicPending, "Kafka makes its internal topic %s by itself when it needs it", spec.Name)
		return
	}
	p.creates = true
	if !p.holdsClaim() {
		return
	}
	if live := len(p.cluster.Brokers); int(spec.ReplicationFactor) > live {
		p.problem(sync.TooFewBrokers,
			"the topic wants %s (spec.replicationFactor) and %s alive: it is made once there are enough",
			counted(int(spec.ReplicationFactor), "replica", "replicas"), counted(live, "broker is", "brokers are"))
		p.resync = resyncWhileWaiting
		return
	}
	p.resync = resyncAfterCommand
	p.tell(sync.CreateTopic{
		ToKafka: p.toKafka(), Topic: spec.Name, Partitions: spec.Partitions, ReplicationFactor: spec.ReplicationFactor,
		Config: spec.Config,
	})
}
