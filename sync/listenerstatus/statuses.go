package listenerstatus

import (
	"fmt"
	"slices"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync/children"
	"github.com/kompositor/kompositor/sync/externaladdress"
)

// Of are the addresses of the brokers of a cluster that are told of, by their ids: all that its spec lists. On external
// listeners those at which any broker answers come first, by listener.
func Of(
	c *children.Cluster, told map[int32]externaladdress.Node, anyBroker map[string][]v1beta1.ListenerStatus,
) v1beta1.ListenerStatuses {
	listeners := &c.Parent.Spec.ListenersConfig
	statuses := v1beta1.ListenerStatuses{InternalListeners: make(map[string][]v1beta1.ListenerStatus)}
	for i := range listeners.InternalListeners {
		if listener := &listeners.InternalListeners[i]; !listener.UsedForControllerCommunication {
			statuses.InternalListeners[listener.Name] = internal(c, listener, told)
		}
	}
	for i := range listeners.ExternalListeners {
		name := listeners.ExternalListeners[i].Name
		addresses := slices.Clone(anyBroker[name])
		for j := range c.Brokers {
			b := &c.Brokers[j]
			node, listed := told[b.ID]
			if address := node.Reach(b.External[name]); listed && address != "" {
				addresses = append(addresses, status(b, address))
			}
		}
		if len(addresses) == 0 {
			continue
		}
		if statuses.ExternalListeners == nil {
			statuses.ExternalListeners = make(map[string][]v1beta1.ListenerStatus)
		}
		statuses.ExternalListeners[name] = addresses
	}
	return statuses
}

func internal(
	c *children.Cluster, listener *v1beta1.InternalListenerConfig, told map[int32]externaladdress.Node,
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
