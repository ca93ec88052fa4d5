package cluster

import (
	"maps"
	"slices"

	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
	"github.com/kompositor/kompositor/sync/connection"
)

// A listener's port changes broker by broker, with the roll. Until its end the Services lead to the old port as well,
// and Kompositor itself reaches those that still listen there.

// settleFormer finds out where brokers listen that do not run what the CR asks for now.
func (s *stock) settleFormer() {
	ports := make(map[int32]struct{})
	for _, b := range s.o.brokers {
		if s.staleness[b.id] == "" || b.config == nil {
			continue
		}
		former := connection.FormerOf(b.config.Data[children.BrokerConfigKey])
		s.former = append(s.former, former)
		for _, port := range former.Ports {
			ports[port] = struct{}{}
		}
	}
	if !s.o.parent.Spec.HeadlessServiceEnabled {
		s.cluster.KeepPorts(slices.Sorted(maps.Keys(ports)))
	}
}

// connection says how to reach the brokers as an administrator.
func (s *stock) connection() sync.KafkaConnection {
	return connection.Beside(connection.To(&s.o.parent, s.o.adminSecret()), &s.o.parent, s.former)
}

// nodePort lists a broker's Service of a node port: as it is for as long as the broker does not run what the CR asks
// for, since it may listen at another port.
func (p *plan) nodePort(b *broker, drawn sync.Child) sync.Child {
	if p.staleness[b.id] == "" || p.letGo[b.id] {
		return drawn
	}
	for i := range p.o.request.Children.Services {
		if service := &p.o.request.Children.Services[i]; service.Name == drawn.Name {
			return service.Frozen()
		}
	}
	return drawn
}
