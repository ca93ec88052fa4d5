package cluster

import (
	"maps"
	"strings"

	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
	"github.com/kompositor/kompositor/sync/fingerprint"
	"github.com/kompositor/kompositor/sync/podphase"
	"github.com/kompositor/kompositor/sync/properties"
	"github.com/kompositor/kompositor/sync/takeover"
)

// A broker's ConfigMap is what the broker runs with: it changes only together with the broker's Pod. While the Pod is
// there and not chosen to restart, the ConfigMap is frozen; so a container that kubelet restarts in place reads what it
// read before, and the difference between the ConfigMap and what would be drawn now is what a restart would change
// (docs/adr/0013).

// stale says what the CR asks of a broker that its Pod was not drawn from; empty when nothing.
func (s *stock) stale(b *broker) string {
	switch pod := b.pod(); {
	case pod == nil || b.spec == nil:
		return ""
	}
	found := s.o.found(b)
	if why := s.staleAdopted(b, &found); why != "" {
		return why
	}
	was := found.Asked()
	if was == "" {
		return ""
	}
	var reasons []string
	for _, part := range fingerprint.Changed(was, s.fingerprints[b.id]) {
		switch part {
		case "config":
			if keys := b.changedKeys(children.ConfigMapData(s.cluster, s.drawn[b.id])); len(keys) > 0 {
				reasons = append(reasons, "other values of "+strings.Join(keys, ", "))
			}
		case "image":
			if !s.keeps[b.id] {
				reasons = append(reasons, "another image")
			}
		case "storage":
			reasons = append(reasons, "other log directories")
		default:
			reasons = append(reasons, "another Pod")
		}
	}
	if len(reasons) == 0 {
		return s.orphaned(b)
	}
	return "the CR asks for " + strings.Join(reasons, " and ")
}

// staleAdopted judges a Pod that another operator made by what can be seen of it: an image that the CR names is
// compared, and nothing else, so that taking a cluster over restarts nothing.
func (s *stock) staleAdopted(b *broker, found *takeover.Broker) string {
	switch {
	case found.Owed():
		return "Koperator has changed its configuration and not restarted it"
	case b.spec.Defaulted.Image || s.keeps[b.id] || !found.Adopted():
		return ""
	}
	if image := b.pod().Image(children.KafkaContainer); image != "" && image != b.spec.Image {
		return "the CR asks for another image"
	}
	return ""
}

// drawConfig lists the broker's ConfigMap, and says whether the observed one is what the broker's next Pod needs.
func (p *plan) drawConfig(b *broker) (ready bool) {
	if p.awaitsRack(b) {
		return true
	}
	pod, goes := b.pod(), p.goes[b.id]
	if b.config != nil && pod != nil && !pod.Terminating() && (goes == nil || goes.running) && !p.losesDisk(b) {
		p.add(p.standingConfig(b))
		return true
	}
	drawn := p.drawn[b.id]
	annotations := map[string]string{AnnotationBroker: children.Remember(b.spec)}
	switch {
	case pod == nil || goes == nil || !goes.running:
	case b.config == nil:
		maps.Copy(annotations, podphase.Announcement(pod, p.facts.Now))
	default:
		maps.Copy(annotations, podphase.AnnouncementOf(b.config))
	}
	p.add(children.ConfigMap(p.cluster, drawn, annotations))
	return b.config != nil && maps.Equal(b.config.Data, children.ConfigMapData(p.cluster, drawn))
}

// losesDisk says that the broker's Pod is let go for one without a log directory. Its ConfigMap records that in the
// same answer: once the Pod is gone, nobody can be asked again whether the directory is empty.
func (p *plan) losesDisk(b *broker) bool { return p.letGo[b.id] && len(p.disks[b.id].Empty) > 0 }

// standingConfig lists the ConfigMap of a broker whose Pod is there: as it is, but for the announcement that the Pod
// goes, and for the end of one that nothing came of.
func (p *plan) standingConfig(b *broker) sync.Child {
	counts, _ := b.announced(p.facts.Now)
	switch {
	case p.goes[b.id] != nil && !counts:
		return podphase.Announce(b.config, podphase.Announcement(b.pod(), p.facts.Now)).Frozen()
	case !counts && len(podphase.AnnouncementOf(b.config)) > 0:
		return podphase.Announce(b.config, nil).Frozen()
	}
	found := p.o.found(b)
	return found.Frozen(p.fingerprints[b.id])
}

// readOnlyConfig is the read-only configuration that the CR asks of a broker: the cluster's, with the broker's own over
// it. Text that means the same reads the same, so that a comment or a blank restarts nobody.
func (s *stock) readOnlyConfig(b *broker) map[string]string {
	if b.spec.ReadOnlyConfig == "" {
		return s.clusterReadOnly
	}
	merged := maps.Clone(s.clusterReadOnly)
	if merged == nil {
		merged = make(map[string]string)
	}
	own, _ := properties.Parse(b.spec.ReadOnlyConfig)
	maps.Insert(merged, own.All())
	return merged
}
