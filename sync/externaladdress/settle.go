package externaladdress

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
	"github.com/kompositor/kompositor/sync/parent"
)

// Node is where a broker's Pod runs, as far as that is known.
type Node struct{ Name, Address string }

// Reach is an address as a client may use it, empty while it is not known.
func (n Node) Reach(address string) string {
	for _, of := range []struct{ stands, is string }{{children.NodeAddress, n.Address}, {children.NodeName, n.Name}} {
		if port, ok := strings.CutPrefix(address, of.stands); ok {
			if of.is == "" {
				return ""
			}
			return of.is + port
		}
	}
	return address
}

// Broker is one that clients are to reach.
type Broker struct {
	*v1beta1.ResolvedBroker
	Node Node
}

// statusName is what the status calls a broker.
func statusName(id int32) string { return fmt.Sprintf("broker-%d", id) }

// byName are the observed Services.
type byName map[string]*sync.Service

// Settled is what is known of a cluster's external listeners.
type Settled struct {
	// Of are the brokers' addresses, by their ids and then by listener; one that is not known is not there.
	Of map[int32]map[string]string
	// AnyBroker are the addresses at which any broker answers, by listener.
	AnyBroker map[string][]v1beta1.ListenerStatus
	// Waits says of each listener without an address what is awaited.
	Waits []string

	// unserved says of each listener without a proxy that is seen what one would have to do.
	unserved []string
	none     bool
}

// Settle finds out at which addresses clients outside reach the brokers, given the Services that are observed.
func Settle(parent *v1beta1.KafkaCluster, observed []sync.Service, brokers []Broker) *Settled {
	listeners := parent.Spec.ListenersConfig.ExternalListeners
	if len(listeners) == 0 {
		return &Settled{none: true}
	}
	services := make(byName, len(observed))
	for i := range observed {
		services[observed[i].Name] = &observed[i]
	}
	s := &Settled{
		Of:        make(map[int32]map[string]string, len(brokers)),
		AnyBroker: make(map[string][]v1beta1.ListenerStatus, len(listeners)),
	}
	for i := range listeners {
		listener := &listeners[i]
		if waits := s.settle(parent, services, listener, brokers); waits != "" {
			s.Waits = append(s.Waits, fmt.Sprintf("listener %s: %s", listener.Name, waits))
		}
		if statuses := anyBroker(parent, services, listener, brokers); len(statuses) > 0 {
			s.AnyBroker[listener.Name] = statuses
		}
	}
	return s
}

// settle finds the brokers' addresses on one listener, and says what is awaited for them.
func (s *Settled) settle(
	parent *v1beta1.KafkaCluster, services byName, listener *v1beta1.ExternalListenerConfig, brokers []Broker,
) (waits string) {
	reached, unserved := false, ""
	for i := range brokers {
		b := &brokers[i]
		address, awaited := of(parent, services, listener, b.ResolvedBroker)
		if address == "" {
			waits = awaited
			continue
		}
		if s.Of[b.ID] == nil {
			s.Of[b.ID] = make(map[string]string)
		}
		s.Of[b.ID][listener.Name] = address
		reached = reached || b.Node.Reach(address) != ""
		if unserved == "" && !served(parent, services, listener, b) {
			unserved = fmt.Sprintf("on listener %s from %s to port %d of broker %d",
				listener.Name, address, listener.ContainerPort, b.ID)
		}
	}
	if unserved != "" {
		s.unserved = append(s.unserved, unserved)
	}
	if waits == "" && !reached {
		return "no broker has a node yet"
	}
	return waits
}

// served says that something is seen that leads clients in to a broker: its Service with a node port, which is made
// here, or what Koperator has put in front of its ingresses.
func served(parent *v1beta1.KafkaCluster, services byName, listener *v1beta1.ExternalListenerConfig, b *Broker) bool {
	return listener.Access() == corev1.ServiceTypeNodePort ||
		slices.ContainsFunc(ingressesOf(listener, b.ResolvedBroker), func(name string) bool {
			return services[serviceName(parent, listener, name)] != nil
		})
}

// Ready says whether clients outside get in, as far as that can be seen: what somebody else has put in front of the
// brokers can not.
func (s *Settled) Ready() parent.Verdict {
	switch {
	case s.none:
		return parent.Is(sync.ExternalAccessReady, "The cluster has no external listeners.")
	case len(s.Waits) > 0:
		return parent.IsNot(
			sync.ExternalAccessReady, sync.AddressPending, parent.Sentence(strings.Join(s.Waits, "; ")))
	case len(s.unserved) > 0:
		return parent.Unknown(sync.ExternalAccessReady, sync.IngressNotMade, "Envoy and Contour are not made by this "+
			"release, and none of Koperator's is seen; something else must lead clients in, "+
			strings.Join(s.unserved, ", ")+", and likewise from each address in status.listenerStatuses.")
	}
	return parent.Is(sync.ExternalAccessReady, "Every external listener has an address.")
}
