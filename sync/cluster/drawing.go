package cluster

import (
	"slices"

	"github.com/kompositor/kompositor/sync/children"
	"github.com/kompositor/kompositor/sync/drawing"
)

// drawnOtherwise says in a sentence which brokers would be drawn otherwise than they run, although nothing else is
// asked of them, and what that changes for the first of them; empty for none.
func (p *plan) drawnOtherwise() string {
	brings := ""
	brokers := slices.DeleteFunc(slices.Clone(p.o.brokers), func(b *broker) bool {
		if b.pod() == nil || !b.listed || drawing.Current(b.pod()) {
			return true
		}
		parts := drawing.Otherwise(b.pod(), p.drawings.Of(p.cluster, p.drawn[b.id], p.fingerprints[b.id]))
		if brings == "" && len(parts) > 0 {
			brings = drawing.Brings(parts, b.changedKeys(children.ConfigMapData(p.cluster, p.drawn[b.id])))
		}
		return len(parts) == 0
	})
	if len(brokers) == 0 {
		return ""
	}
	return sentence(drawing.Waits(idsOf(brokers), brings))
}
