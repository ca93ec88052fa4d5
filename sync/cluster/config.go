package cluster

import (
	"maps"
	"slices"
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
	case podphase.Announced(pod, b.config):
		if reason, because := podphase.Because(b.config); reason == sync.PodStale || reason == sync.VolumeEmpty {
			return because
		}
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
	if pod := b.pod(); b.config != nil && pod != nil && !pod.Terminating() && p.configStands(b) {
		if podphase.Announced(pod, b.config) {
			p.add(b.config.Frozen())
		} else {
			found := p.o.found(b)
			p.add(found.Frozen(p.fingerprints[b.id]))
		}
		return true
	}
	drawn := p.drawn[b.id]
	annotations := map[string]string{AnnotationBroker: children.Remember(b.spec)}
	maps.Copy(annotations, p.successor(b))
	p.add(children.ConfigMap(p.cluster, drawn, annotations))
	return b.config != nil && maps.Equal(b.config.Data, children.ConfigMapData(p.cluster, drawn))
}

// successor are the annotations of a ConfigMap that is drawn for the Pod after the present one.
func (p *plan) successor(b *broker) map[string]string {
	pod, goes := b.pod(), p.goes[b.id]
	switch {
	case pod == nil:
		return nil
	case goes != nil && goes.running:
		return podphase.Announcement(pod, b.config, goes.reason, goes.because)
	case goes != nil, pod.Terminating(), podphase.Announced(pod, b.config):
		return podphase.Announcement(pod, b.config, "", "")
	}
	return nil
}

// configStands says that a ConfigMap stays as it is beside its Pod. One that announces the Pod's end does too, so that
// who was announced first can be told: what was asked since is drawn once the Pod is gone. Only log directories are
// drawn by what Kafka says now.
func (p *plan) configStands(b *broker) bool {
	if !podphase.Announced(b.pod(), b.config) {
		return p.goes[b.id] == nil
	}
	return !slices.Contains(b.changedKeys(children.ConfigMapData(p.cluster, p.drawn[b.id])), "log.dirs")
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
