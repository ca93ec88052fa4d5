package externaladdress

import (
	"fmt"
	"strings"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
)

// Broker is a broker of the spec as far as its addresses are concerned.
type Broker struct {
	ID int32
	// Drawn is what it is drawn from, nil when that is not known.
	Drawn *children.Broker
	// External is what it advertises, by external listener.
	External map[string]string
	// Pod is nil when there is none.
	Pod *sync.Pod
}

// Statuses are the addresses of every listener, as Koperator's users read them.
func Statuses(c *children.Cluster, brokers []Broker) v1beta1.ListenerStatuses {
	listeners := &c.Parent.Spec.ListenersConfig
	statuses := v1beta1.ListenerStatuses{InternalListeners: make(map[string][]v1beta1.ListenerStatus)}
	for i := range listeners.InternalListeners {
		listener := &listeners.InternalListeners[i]
		if !listener.UsedForControllerCommunication {
			statuses.InternalListeners[listener.Name] = internal(c, listener, brokers)
		}
	}
	for i := range listeners.ExternalListeners {
		name := listeners.ExternalListeners[i].Name
		for j := range brokers {
			if address := brokers[j].reachedAt(name); address != "" {
				if statuses.ExternalListeners == nil {
					statuses.ExternalListeners = make(map[string][]v1beta1.ListenerStatus)
				}
				statuses.ExternalListeners[name] = append(statuses.ExternalListeners[name],
					v1beta1.ListenerStatus{Name: fmt.Sprintf("broker-%d", brokers[j].ID), Address: address})
			}
		}
	}
	return statuses
}

// reachedAt is a broker's address on an external listener as a client may use it, empty while it is not known.
func (b *Broker) reachedAt(listener string) string {
	address, pod := b.External[listener], b.Pod
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

func internal(
	c *children.Cluster, listener *v1beta1.InternalListenerConfig, brokers []Broker,
) []v1beta1.ListenerStatus {
	first := "any-broker"
	if c.Parent.Spec.HeadlessServiceEnabled {
		first = "headless"
	}
	addresses := []v1beta1.ListenerStatus{
		{Name: first, Address: fmt.Sprintf("%s:%d", children.BootstrapHost(c.Parent), listener.ContainerPort)},
	}
	for i := range brokers {
		if b := &brokers[i]; b.Drawn != nil && b.Drawn.IsBroker() {
			addresses = append(addresses, v1beta1.ListenerStatus{
				Name: fmt.Sprintf("broker-%d", b.ID), Address: c.InternalAddress(b.Drawn, listener),
			})
		}
	}
	return addresses
}
