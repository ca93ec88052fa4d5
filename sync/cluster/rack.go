package cluster

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kompositor/kompositor/sync/children"
	"github.com/kompositor/kompositor/sync/properties"
)

const rackKey = "broker.rack"

func hasRack(readOnly map[string]string) bool { return readOnly[rackKey] != "" }

// rack is the broker's rack as its node's labels tell it, the values joined by commas in the order of their keys' names
// in the spec. A broker that has a rack keeps it: replicas were placed by it. One whose node is not known yet has none.
func (s *stock) rack(b *broker) string {
	awareness := s.o.parent.Spec.RackAwareness
	if awareness == nil || len(awareness.Labels) == 0 || hasRack(s.readOnlyConfig(b)) {
		return ""
	}
	if b.config != nil {
		was, _ := properties.Parse(b.config.Data[children.BrokerConfigKey])
		if rack, ok := was.Get(rackKey); ok {
			return rack
		}
	}
	if b.pod() == nil {
		return ""
	}
	return s.rackOfNode(b.pod().Spec.NodeName, awareness.Labels)
}

func (s *stock) rackOfNode(name string, keys []string) string {
	for i := range s.o.request.Related.Nodes {
		node := &s.o.request.Related.Nodes[i]
		if node.Name != name {
			continue
		}
		var values []string
		for _, key := range keys {
			if value := node.Labels[key]; value != "" {
				values = append(values, value)
			}
		}
		slices.Sort(values)
		return strings.Join(values, ",")
	}
	return ""
}

// awaitsRack says that the broker's ConfigMap can not be drawn before its Pod has a node. The Pod is made first then,
// and kubelet does not start it before the ConfigMap is there: so a broker's first start has its rack already.
func (s *stock) awaitsRack(b *broker) bool {
	awareness := s.o.parent.Spec.RackAwareness
	return awareness != nil && len(awareness.Labels) > 0 && !hasRack(s.readOnlyConfig(b)) && s.drawn[b.id].Rack == "" &&
		b.config == nil
}

// rackAwaited says what the broker's rack waits for.
func (s *stock) rackAwaited(b *broker) string {
	node := b.pod().Spec.NodeName
	if node == "" {
		return "its Pod has no node yet, and so the broker has no rack"
	}
	return fmt.Sprintf(
		"node %s has none of the labels that rackAwareness names (%s): label the node, or set broker.rack in "+
			"the broker's readOnlyConfig",
		node,
		strings.Join(s.o.parent.Spec.RackAwareness.Labels, ", "),
	)
}
