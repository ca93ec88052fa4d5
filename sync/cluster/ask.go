package cluster

import (
	"github.com/kompositor/kompositor/sync"
)

// Ask says which facts the decision needs: none while everything is as the spec asks, Kafka's partitions and quorum
// when a running broker may have to stop or a leaving one may be let go, and that one's log directories, the quorum
// alone when its voters may have to change, the features when the metadata.version matters, and the labels of a Node
// when a broker has no rack yet. Where the CR has a dynamic configuration, Kafka is always asked for it: nothing else
// shows a change by hand.
func (o *Observed) Ask() sync.Questions {
	if len(o.mistakes) > 0 || o.request.Finalizing || o.paused() || o.unfound() != "" {
		return sync.Questions{}
	}
	p := newPlan(o, sync.Facts{})
	questions := sync.Questions{Kubernetes: p.askKubernetes()}
	moves, features := p.needsKafka(), p.featuresOwed(&o.parent.Status.KRaft.MetadataVersion)
	if moves || features || p.votersOwed() {
		questions.Kafka = &sync.KafkaQuestions{
			Connection: p.connection(), Cluster: true, Quorum: o.parent.Spec.KRaft, Partitions: moves, Features: features,
		}
	}
	for _, b := range o.brokers {
		if b.isBroker() && (len(b.leavingDisks()) > 0 || b.leavesRunning()) {
			questions.Kafka.LogDirs = append(questions.Kafka.LogDirs, b.id)
		}
	}
	if configs := p.dynamicConfig().Questions(); len(configs) > 0 {
		if questions.Kafka == nil {
			questions.Kafka = &sync.KafkaQuestions{Connection: p.connection(), Cluster: true}
		}
		questions.Kafka.Configs = configs
	}
	return questions
}

// needsKafka says whether a step is due that takes something away. It is decided with the plan's own eyes, on no facts.
func (p *plan) needsKafka() bool {
	if p.o.leaves() || len(p.o.disksLeave()) > 0 || p.leadersOwed() {
		return true
	}
	for _, r := range p.dueRestarts() {
		if r.running {
			return true
		}
	}
	return false
}

// adminSecret is the Secret with the administrator's credentials that the CR names, nil when it is not there.
func (o *Observed) adminSecret() *sync.Secret {
	name := o.parent.Spec.ClientSecretName()
	for i := range o.request.Related.Secrets {
		secret := &o.request.Related.Secrets[i]
		if name != "" && secret.Name == name && secret.Namespace == o.parent.Namespace {
			return secret
		}
	}
	return nil
}
