package cluster

import (
	"strings"

	"github.com/kompositor/kompositor/sync"
)

// Ask says which facts the decision needs: none while everything is as the spec asks, and Kafka's partitions and quorum
// when a running broker may have to stop or a leaving one may be let go.
func (o *Observed) Ask() sync.Questions {
	if len(o.mistakes) > 0 || o.request.Finalizing {
		return sync.Questions{}
	}
	p := newPlan(o, sync.Facts{})
	if !p.needsKafka() {
		return sync.Questions{}
	}
	return sync.Questions{Kafka: &sync.KafkaQuestions{
		Connection: p.connection(), Cluster: true, Quorum: o.parent.Spec.KRaft, Partitions: true,
	}}
}

// needsKafka says whether a step is due that takes something away. It is decided with the plan's own eyes, on no facts.
func (p *plan) needsKafka() bool {
	if p.o.leaves() {
		return true
	}
	for _, r := range p.dueRestarts() {
		if r.running {
			return true
		}
	}
	return false
}

// connection says how to reach the brokers as an administrator: at the listener marked for it, else at the one that
// brokers use among each other.
func (p *plan) connection() sync.KafkaConnection {
	connection := sync.KafkaConnection{Cluster: p.o.parent.Namespace + "/" + p.o.parent.Name}
	listener := p.cluster.AdminListener()
	if listener == nil {
		return connection
	}
	connection.Protocol = strings.ToUpper(string(listener.Type))
	connection.Bootstrap = []string{p.cluster.Bootstrap()}
	if listener.Type.TLS() {
		p.o.addClientCertificate(&connection)
	}
	return connection
}

// addClientCertificate takes the administrator's certificate from the related Secret that the CR names.
func (o *Observed) addClientCertificate(connection *sync.KafkaConnection) {
	for i := range o.request.Related.Secrets {
		secret := &o.request.Related.Secrets[i]
		if secret.Name == o.parent.Spec.ClientSecretName() && secret.Namespace == o.parent.Namespace {
			connection.CA, connection.Certificate = secret.Data["ca.crt"], secret.Data["tls.crt"]
			connection.Key = secret.Data["tls.key"]
		}
	}
}
