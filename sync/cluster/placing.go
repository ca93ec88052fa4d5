package cluster

import "github.com/kompositor/kompositor/sync/placing"

// comesBefore names the broker that is to have its node before b, a new one, asks for one; empty when there is none.
func (p *plan) comesBefore(b *broker) string {
	others := make([]placing.Broker, 0, len(p.o.brokers))
	for _, other := range p.o.brokers {
		settled, known := p.claims[other.id]
		others = append(others, placing.Broker{
			Name: other.String(), Pods: other.pods, Claims: other.claims, LetGo: p.letGo[other.id],
			Returns: known && !p.empty[other.id] && other.doubt == "" && settled.Made(other.claims),
		})
	}
	return placing.Before(b.claims, others, p.facts.Now)
}
