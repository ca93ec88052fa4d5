package cluster

import (
	"maps"
	"slices"

	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
	"github.com/kompositor/kompositor/sync/properties"
	"github.com/kompositor/kompositor/sync/rack"
)

// rackLabels are the keys of the labels that make up a rack; none where rack awareness is off.
func (o *Observed) rackLabels() []string {
	if o.parent.Spec.RackAwareness == nil {
		return nil
	}
	return o.parent.Spec.RackAwareness.Labels
}

// rack is the broker's rack, as far as the request tells it: a broker that has one keeps it, because replicas were
// placed by it; else the Pod's own labels say.
func (s *stock) rack(b *broker) string {
	if len(s.o.rackLabels()) == 0 || rack.Set(s.readOnlyConfig(b)) {
		return ""
	}
	if b.config != nil {
		was, _ := properties.Parse(b.config.Data[children.BrokerConfigKey])
		if own, ok := was.Get(rack.Key); ok {
			return own
		}
	}
	return rack.OfPod(b.pod(), s.o.rackLabels())
}

// awaitsRack says that the broker's ConfigMap can not be drawn before its Pod has a node. The Pod is made first then,
// and kubelet does not start it before the ConfigMap is there: so a broker's first start has its rack already. One that
// left the spec before that is drawn no more.
func (s *stock) awaitsRack(b *broker) bool {
	if s.drawn[b.id] == nil || s.drawn[b.id].Rack != "" || b.config != nil {
		return false
	}
	return len(s.o.rackLabels()) > 0 && !rack.Set(s.readOnlyConfig(b))
}

// askKubernetes asks for the labels of exactly the Nodes that brokers run on which have no rack yet, and for the
// storage classes of volumes that are to grow; nil when for nothing.
func (s *stock) askKubernetes() *sync.KubernetesQuestions {
	nodes := make(map[string]struct{})
	for _, b := range s.o.brokers {
		if b.pod() != nil && b.pod().Scheduled() && s.awaitsRack(b) {
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
		if b.pod() == nil || !s.awaitsRack(b) {
			continue
		}
		on := slices.IndexFunc(nodes, func(n sync.NodeLabels) bool { return n.Name == b.pod().Spec.NodeName })
		if on >= 0 {
			drawn := *s.drawn[b.id]
			drawn.Rack = rack.Of(nodes[on].Labels, s.o.rackLabels())
			learnt.drawn[b.id] = &drawn
		}
	}
	return &learnt
}

// rackAwaited says what the broker's rack waits for.
func (p *plan) rackAwaited(b *broker) string {
	return rack.Awaited(b.pod().Spec.NodeName, p.facts.Kubernetes.Nodes, p.o.rackLabels())
}
