package cluster

import (
	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync/externaladdress"
	"github.com/kompositor/kompositor/sync/listenerstatus"
)

// settleExternal decides which address each broker advertises on each external listener. A listener that has no address
// yet is left out of the broker's configuration and named as awaited; the brokers do not wait for it.
func (s *stock) settleExternal() {
	brokers := make([]externaladdress.Broker, 0, len(s.o.brokers))
	for _, b := range s.o.brokers {
		if b.spec != nil && b.spec.IsBroker() {
			brokers = append(brokers, externaladdress.Broker{ResolvedBroker: b.spec, Node: b.node()})
		}
	}
	s.external = externaladdress.Settle(&s.o.parent, s.o.request.Children.Services, brokers)
}

// node is where the broker's Pod runs.
func (b *broker) node() externaladdress.Node {
	if pod := b.pod(); pod != nil {
		return externaladdress.Node{Name: pod.Spec.NodeName, Address: pod.Status.HostIP}
	}
	return externaladdress.Node{}
}

// listenerStatuses are the addresses as Koperator's users read them.
func (p *plan) listenerStatuses() v1beta1.ListenerStatuses {
	told := make(map[int32]externaladdress.Node, len(p.o.brokers))
	for _, b := range p.o.brokers {
		if b.listed {
			told[b.id] = b.node()
		}
	}
	return listenerstatus.Of(p.cluster, told, p.external.AnyBroker)
}
