package cluster

import (
	"fmt"
	"strings"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
	"github.com/kompositor/kompositor/sync/externaladdress"
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
	spec := &p.o.parent.Spec
	statuses := v1beta1.ListenerStatuses{InternalListeners: make(map[string][]v1beta1.ListenerStatus)}
	for i := range spec.ListenersConfig.InternalListeners {
		listener := &spec.ListenersConfig.InternalListeners[i]
		if !listener.UsedForControllerCommunication {
			statuses.InternalListeners[listener.Name] = p.internalAddresses(listener)
		}
	}
	for i := range spec.ListenersConfig.ExternalListeners {
		name := spec.ListenersConfig.ExternalListeners[i].Name
		for _, b := range p.o.brokers {
			if address := p.reachedAt(b, name); address != "" {
				if statuses.ExternalListeners == nil {
					statuses.ExternalListeners = make(map[string][]v1beta1.ListenerStatus)
				}
				statuses.ExternalListeners[name] = append(statuses.ExternalListeners[name],
					v1beta1.ListenerStatus{Name: fmt.Sprintf("broker-%d", b.id), Address: address})
			}
		}
	}
	return statuses
}

// reachedAt is a broker's address on an external listener as a client may use it, empty while it is not known.
func (p *plan) reachedAt(b *broker, listener string) string {
	address := p.external[b.id][listener]
	if !b.listed {
		return ""
	}
	pod := b.pod()
	if pod == nil {
		pod = &sync.Pod{}
	}
	for _, on := range []struct{ stands, is string }{
		{children.NodeAddress, pod.Status.HostIP}, {children.NodeName, pod.Spec.NodeName},
	} {
		if port, ok := strings.CutPrefix(address, on.stands); ok {
			if on.is == "" {
				return ""
			}
			return on.is + port
		}
	}
	return address
}

func (p *plan) internalAddresses(listener *v1beta1.InternalListenerConfig) []v1beta1.ListenerStatus {
	first := "any-broker"
	if p.o.parent.Spec.HeadlessServiceEnabled {
		first = "headless"
	}
	addresses := []v1beta1.ListenerStatus{
		{Name: first, Address: fmt.Sprintf("%s:%d", children.BootstrapHost(&p.o.parent), listener.ContainerPort)},
	}
	for _, b := range p.o.brokers {
		if b.listed && p.drawn[b.id] != nil && b.isBroker() {
			addresses = append(addresses, v1beta1.ListenerStatus{
				Name: fmt.Sprintf("broker-%d", b.id), Address: p.cluster.InternalAddress(p.drawn[b.id], listener),
			})
		}
	}
	return addresses
}
