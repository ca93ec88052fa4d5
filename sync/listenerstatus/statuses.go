package listenerstatus

import (
	"fmt"
	"strings"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync/children"
)

// Node is where a broker's Pod runs, as far as that is known.
type Node struct{ Name, Address string }

// Of are the addresses of the brokers of a cluster that are told of, by their ids: all that its spec lists.
func Of(c *children.Cluster, told map[int32]Node) v1beta1.ListenerStatuses {
	listeners := &c.Parent.Spec.ListenersConfig
	statuses := v1beta1.ListenerStatuses{InternalListeners: make(map[string][]v1beta1.ListenerStatus)}
	for i := range listeners.InternalListeners {
		if listener := &listeners.InternalListeners[i]; !listener.UsedForControllerCommunication {
			statuses.InternalListeners[listener.Name] = internal(c, listener, told)
		}
	}
	for i := range listeners.ExternalListeners {
		name := listeners.ExternalListeners[i].Name
		for j := range c.Brokers {
			b := &c.Brokers[j]
			node, listed := told[b.ID]
			address := reached(b.External[name], node)
			if !listed || address == "" {
				continue
			}
			if statuses.ExternalListeners == nil {
				statuses.ExternalListeners = make(map[string][]v1beta1.ListenerStatus)
			}
			statuses.ExternalListeners[name] = append(statuses.ExternalListeners[name], status(b, address))
		}
	}
	return statuses
}

// reached is an address as a client may use it, empty while it is not known.
func reached(address string, on Node) string {
	for _, of := range []struct{ stands, is string }{
		{children.NodeAddress, on.Address}, {children.NodeName, on.Name},
	} {
		if port, ok := strings.CutPrefix(address, of.stands); ok {
			if of.is == "" {
				return ""
			}
			return of.is + port
		}
	}
	return address
}

func internal(
	c *children.Cluster, listener *v1beta1.InternalListenerConfig, told map[int32]Node,
) []v1beta1.ListenerStatus {
	first := "any-broker"
	if c.Parent.Spec.HeadlessServiceEnabled {
		first = "headless"
	}
	addresses := []v1beta1.ListenerStatus{
		{Name: first, Address: fmt.Sprintf("%s:%d", children.BootstrapHost(c.Parent), listener.ContainerPort)},
	}
	for i := range c.Brokers {
		b := &c.Brokers[i]
		if _, listed := told[b.ID]; listed && b.IsBroker() {
			addresses = append(addresses, status(b, c.InternalAddress(b, listener)))
		}
	}
	return addresses
}

func status(b *children.Broker, address string) v1beta1.ListenerStatus {
	return v1beta1.ListenerStatus{Name: fmt.Sprintf("broker-%d", b.ID), Address: address}
}
