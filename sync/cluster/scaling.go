package cluster

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
)

// AnnotationBroker on a broker's ConfigMap is the broker as the CR asked for it when the ConfigMap was drawn, groups
// resolved: from it a broker that has left the spec can still be started while it is being emptied.
const AnnotationBroker = "kompositor.io/broker"

// settleLeaving decides about the brokers that the spec no longer lists. Such a broker keeps everything until Kafka
// itself reports no replica on it; then its Pod goes, then its claims, then the rest, each only when the one before is
// gone.
func (p *plan) settleLeaving() {
	for _, b := range p.o.brokers {
		if b.listed {
			continue
		}
		p.leavingWaits[b.id] = p.whyKept(b)
		if p.leavingWaits[b.id] != "" {
			continue
		}
		const because = "Kafka reports no replica on it"
		p.empty[b.id] = true
		if pod := b.pod(); pod != nil {
			if !pod.Terminating() {
				p.letPodGo(b, sync.BrokerEmpty, because)
			}
			continue
		}
		for _, claim := range b.claims {
			p.releases = append(p.releases, sync.Release{
				Kind: "PersistentVolumeClaim", Name: claim.Name, Reason: sync.BrokerEmpty,
				Because: because + ", and its Pod is gone",
			})
		}
		p.gone[b.id] = true
	}
}

// whyKept says why a leaving broker is kept; empty when it is proven empty.
func (p *plan) whyKept(b *broker) string {
	if p.o.paused() {
		return pausedWhy
	}
	if b.isController() || p.votes(b.id) {
		return "it is a voter of the KRaft quorum, and voters can not be removed yet: list it again"
	}
	partitions, known := p.facts.Kafka.Partitions.Get()
	if !known {
		return "whether it holds replicas is not known: " + p.facts.Kafka.Partitions.Why()
	}
	replicas := 0
	for i := range partitions {
		if partitions[i].On(b.id) {
			replicas++
		}
	}
	if replicas > 0 {
		return fmt.Sprintf("it holds %s: move them to other brokers", count(replicas, "replica"))
	}
	return ""
}

func (p *plan) votes(id int32) bool {
	quorum, _ := p.facts.Kafka.Quorum.Get()
	for _, voter := range quorum.Voters {
		if voter.ID == id {
			return true
		}
	}
	return false
}

// remembered is what a leaving broker was last drawn from: our own record on its ConfigMap, else Koperator's in the
// status.
func (o *Observed) remembered(b *broker) *v1beta1.ResolvedBroker {
	var backup v1beta1.Broker
	if b.config != nil {
		if text := b.config.Annotations.Values[AnnotationBroker]; text != "" && json.Unmarshal([]byte(text), &backup) == nil {
			backup.ID = b.id
			restored := o.parent.RestoreBroker(backup)
			return &restored
		}
	}
	if readKoperatorBackup(o.parent.Status.BrokersState[fmt.Sprint(b.id)].ConfigurationBackup, &backup) {
		backup.ID = b.id
		resolved := o.parent.ResolveBroker(backup)
		return &resolved
	}
	return nil
}

// readKoperatorBackup reads Koperator's configurationBackup: base64 of gzip of the broker's JSON.
func readKoperatorBackup(text string, backup *v1beta1.Broker) bool {
	compressed, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(compressed) == 0 {
		return false
	}
	reader, err := gzip.NewReader(bytes.NewReader(compressed))
	return err == nil && json.UnmarshalRead(reader, backup) == nil
}

// leaves says that a broker is there that the spec no longer lists.
func (o *Observed) leaves() bool {
	return slices.ContainsFunc(o.brokers, func(b *broker) bool { return !b.listed })
}
