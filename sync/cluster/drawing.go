package cluster

import (
	"fmt"

	"github.com/kompositor/kompositor/sync/children"
	"github.com/kompositor/kompositor/sync/drawing"
)

// drawnOtherwise says in a sentence which brokers would be drawn otherwise than they run, although nothing else is asked
// of them, and what that changes for the first of them; empty for none.
func (p *plan) drawnOtherwise() string {
	var brokers []*broker
	for _, b := range p.o.brokers {
		if len(p.otherwise(b)) > 0 {
			brokers = append(brokers, b)
		}
	}
	if len(brokers) == 0 {
		return ""
	}
	first := brokers[0]
	keys := first.changedKeys(children.ConfigMapData(p.cluster, p.drawn[first.id]))
	return sentence(fmt.Sprintf("this release of Kompositor would draw %s otherwise, which restarts nobody: the next "+
		"restart brings %s", idsOf(brokers), drawing.Brings(p.otherwise(first), keys)))
}

// otherwise names the parts of a broker that would be drawn otherwise than its Pod was. One that leaves is not drawn
// again.
func (p *plan) otherwise(b *broker) []string {
	if pod := b.pod(); pod != nil && b.listed && !pod.Terminating() {
		return drawing.Otherwise(pod, func() string { return p.drawing(b) })
	}
	return nil
}

// drawing fingerprints how this release draws a broker: once for all of which the same is asked.
func (p *plan) drawing(b *broker) string {
	drawn := p.drawn[b.id]
	same := drawn.Image + " " + p.fingerprints[b.id]
	if p.drawings[same] == "" {
		p.drawings[same] = drawing.Of(p.cluster, drawn)
	}
	return p.drawings[same]
}
