package cluster

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
	"github.com/kompositor/kompositor/sync/claimtemplate"
)

// labelBroker is the label by which a broker's objects are known, whatever they are called. It is Koperator's, so that
// its clusters are recognised.
const labelBroker = "brokerId"

// gatherBrokers joins what the spec lists with what is there, by broker id.
func (o *Observed) gatherBrokers(spec jsontext.Value) {
	resolved := o.parent.ResolvedBrokers()
	if claimtemplate.Maybe(spec) {
		o.mistakes = append(o.mistakes, claimtemplate.Fill(resolved)...)
	}
	byID := make(map[int32]*broker, len(resolved))
	brokers := make([]broker, len(resolved))
	for i := range resolved {
		brokers[i] = broker{id: resolved[i].ID, listed: true, spec: &resolved[i]}
		byID[resolved[i].ID] = &brokers[i]
	}
	o.gatherObserved(func(m *sync.Meta, prefix string) *broker {
		id, ok := brokerID(m, prefix)
		if !ok {
			return nil
		}
		if byID[id] == nil {
			byID[id] = &broker{id: id}
		}
		return byID[id]
	})
	o.brokers = make([]*broker, 0, len(byID))
	for _, b := range byID {
		b.volumeStates = o.parent.Status.BrokersState[b.key()].GracefulActionState.VolumeStates
		o.brokers = append(o.brokers, b)
	}
	slices.SortFunc(o.brokers, func(a, b *broker) int { return cmp.Compare(a.id, b.id) })
}

// gatherObserved hands every Pod, claim and ConfigMap to its broker; Pods and claims of none are strangers.
func (o *Observed) gatherObserved(find func(m *sync.Meta, prefix string) *broker) {
	observed, prefix := &o.request.Children, o.parent.Name+"-"
	for i := range observed.Pods {
		pod := &observed.Pods[i]
		if b := find(&pod.Meta, prefix); b != nil {
			b.pods = append(b.pods, pod)
			continue
		}
		o.strangers = append(o.strangers, pod.Kept())
	}
	for i := range observed.PersistentVolumeClaims {
		claim := &observed.PersistentVolumeClaims[i]
		if b := find(&claim.Meta, prefix); b != nil {
			b.claims = append(b.claims, claim)
			continue
		}
		o.strangers = append(o.strangers, claim.Frozen())
	}
	for i := range observed.ConfigMaps {
		config := &observed.ConfigMaps[i]
		b := find(&config.Meta, prefix+"config-")
		if b != nil && config.Name == children.ConfigMapName(o.parent.Name, b.id) {
			b.config = config
		}
	}
}

// brokerID is the broker that an object belongs to: by its label, else by the name that we would give it, so that a
// user who strips a label does not make us take a broker's volume for nobody's.
func brokerID(m *sync.Meta, prefix string) (int32, bool) {
	text, labelled := m.Labels[labelBroker]
	if !labelled {
		rest, ours := strings.CutPrefix(m.Name, prefix)
		if !ours {
			return 0, false
		}
		text, _, _ = strings.Cut(rest, "-")
	}
	id, err := strconv.ParseInt(text, 10, 32)
	return int32(id), err == nil && id >= 0
}
