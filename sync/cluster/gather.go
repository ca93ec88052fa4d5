package cluster

import (
	"cmp"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/kompositor/kompositor/sync/belongs"
	"github.com/kompositor/kompositor/sync/claimtemplate"
)

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
	found := belongs.Gather(o.parent.Name, &o.request.Children)
	for id, things := range found.Brokers {
		if byID[id] == nil {
			byID[id] = &broker{id: id}
		}
		b := byID[id]
		b.pods, b.claims, b.config, b.unlabelled = things.Pods, things.Claims, things.Config, things.Unlabelled
	}
	for _, pod := range found.Pods {
		o.strangers = append(o.strangers, pod.Kept())
	}
	for _, claim := range found.Claims {
		o.strangers = append(o.strangers, claim.Frozen())
	}
	o.nobodys = found.Claims
	o.brokers = make([]*broker, 0, len(byID))
	for _, b := range byID {
		b.volumeStates = o.parent.Status.BrokersState[b.key()].GracefulActionState.VolumeStates
		b.doubt = found.Doubts[b.id]
		o.brokers = append(o.brokers, b)
	}
	slices.SortFunc(o.brokers, func(a, b *broker) int { return cmp.Compare(a.id, b.id) })
}
