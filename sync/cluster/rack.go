package cluster

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
	"github.com/kompositor/kompositor/sync/properties"
)

const rackKey = "broker.rack"

func hasRack(readOnly map[string]string) bool { return readOnly[rackKey] != "" }

// rackLabels are the keys of the labels that make up a rack; none where rack awareness is off.
func (o *Observed) rackLabels() []string {
	if o.parent.Spec.RackAwareness == nil {
		return nil
	}
	return o.parent.Spec.RackAwareness.Labels
}

// rack is the broker's rack, as far as the request tells it: a broker that has one keeps it, because replicas were
// placed by it; else the Pod's own labels say, where Kubernetes copies those of its node to it (KEP-4742).
func (s *stock) rack(b *broker) string {
	if len(s.o.rackLabels()) == 0 || hasRack(s.readOnlyConfig(b)) {
		return ""
	}
	if b.config != nil {
		was, _ := properties.Parse(b.config.Data[children.BrokerConfigKey])
		if rack, ok := was.Get(rackKey); ok {
			return rack
		}
	}
	if b.pod() == nil || !b.pod().Scheduled() {
		return ""
	}
	for _, key := range s.o.rackLabels() {
		if b.pod().Labels[key] == "" {
			return ""
		}
	}
	return rackOf(b.pod().Labels, s.o.rackLabels())
}

// rackOf joins the values of a node's labels, in their order. The rule is Koperator's.
func rackOf(labels map[string]string, keys []string) string {
	var values []string
	for _, key := range keys {
		if value := labels[key]; value != "" {
			values = append(values, value)
		}
	}
	slices.Sort(values)
	return strings.Join(values, ",")
}

// awaitsRack says that the broker's ConfigMap can not be drawn before its Pod has a node. The Pod is made first then,
// and kubelet does not start it before the ConfigMap is there: so a broker's first start has its rack already.
func (s *stock) awaitsRack(b *broker) bool {
	return len(s.o.rackLabels()) > 0 && !hasRack(s.readOnlyConfig(b)) && s.drawn[b.id].Rack == "" && b.config == nil
}

// askKubernetes asks for the labels of exactly the Nodes that brokers run on which have no rack yet, and for the storage
// classes of volumes that are to grow; nil when for nothing.
func (s *stock) askKubernetes() *sync.KubernetesQuestions {
	nodes := make(map[string]struct{})
	for _, b := range s.o.brokers {
		if s.drawn[b.id] != nil && b.pod() != nil && b.pod().Scheduled() && s.awaitsRack(b) {
			nodes[b.pod().Spec.NodeName] = struct{}{}
		}
	}
	questions := sync.KubernetesQuestions{StorageClasses: s.askClasses()}
	if len(nodes) > 0 {
		questions.Nodes = slices.Sorted(maps.Keys(nodes))
		questions.Labels = slices.Sorted(slices.Values(s.o.rackLabels()))
	} else if len(questions.StorageClasses) == 0 {
		return nil
	}
	return &questions
}

// withRacks is the stock with the racks that the Nodes tell.
func (s *stock) withRacks(facts sync.Facts) *stock {
	nodes, known := facts.Kubernetes.Nodes.Get()
	if !known {
		return s
	}
	learnt := *s
	learnt.drawn = maps.Clone(s.drawn)
	for _, b := range s.o.brokers {
		if s.drawn[b.id] == nil || b.pod() == nil || !s.awaitsRack(b) {
			continue
		}
		on := slices.IndexFunc(nodes, func(n sync.NodeLabels) bool { return n.Name == b.pod().Spec.NodeName })
		if on >= 0 {
			drawn := *s.drawn[b.id]
			drawn.Rack = rackOf(nodes[on].Labels, s.o.rackLabels())
			learnt.drawn[b.id] = &drawn
		}
	}
	return &learnt
}

// rackAwaited says what the broker's rack waits for.
func (p *plan) rackAwaited(b *broker) string {
	node := b.pod().Spec.NodeName
	switch _, known := p.facts.Kubernetes.Nodes.Get(); {
	case node == "":
		return "its Pod has no node yet, and so the broker has no rack"
	case !known:
		return fmt.Sprintf("the labels of node %s are not known: %s", node, p.facts.Kubernetes.Nodes.Why())
	}
	return fmt.Sprintf(
		"node %s has none of the labels that rackAwareness names (%s): label the node, or set broker.rack in "+
			"the broker's readOnlyConfig",
		node, strings.Join(p.o.rackLabels(), ", "),
	)
}
