package cluster

import (
	"fmt"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync/externaladdress"
	"github.com/kompositor/kompositor/sync/listenerstatus"
)

// settleExternal decides which address each broker advertises on each external listener. A listener that has no address
// yet is left out of the broker's configuration and named as awaited; the brokers do not wait for it.
func (s *stock) settleExternal() {
	listeners := s.o.parent.Spec.ListenersConfig.ExternalListeners
	for i := range listeners {
		waits := ""
		for _, b := range s.o.brokers {
			if b.spec == nil || !b.spec.IsBroker() {
				continue
			}
			address, awaited := externaladdress.Of(&s.o.parent, s.o.request.Children.Services, &listeners[i], b.spec)
			if address == "" {
				waits = awaited
				continue
			}
			if s.external[b.id] == nil {
				s.external[b.id] = make(map[string]string, len(listeners))
			}
			s.external[b.id][listeners[i].Name] = address
		}
		if waits != "" {
			s.externalWaits = append(s.externalWaits, fmt.Sprintf("listener %s: %s", listeners[i].Name, waits))
		}
	}
}

// listenerStatuses are the addresses as Koperator's users read them.
func (p *plan) listenerStatuses() v1beta1.ListenerStatuses {
	told := make(map[int32]listenerstatus.Node, len(p.o.brokers))
	for _, b := range p.o.brokers {
		if pod := b.pod(); b.listed && pod != nil {
			told[b.id] = listenerstatus.Node{Name: pod.Spec.NodeName, Address: pod.Status.HostIP}
		} else if b.listed {
			told[b.id] = listenerstatus.Node{}
		}
	}
	return listenerstatus.Of(p.cluster, told)
}
