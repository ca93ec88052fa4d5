package cluster

import (
	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/upgrade"
)

// featuresOwed says that Kafka's features must be known: a restart brings an image that may be too old for what is
// finalized, an image was refused by what may no longer be so, a raise is due, or they were not read since the nodes
// run these images. Read is what is known of them.
func (p *plan) featuresOwed(read *v1beta1.MetadataVersionStatus) bool {
	due := p.dueRestarts()
	switch {
	case !p.o.parent.Spec.KRaft || p.o.paused():
		return false
	case p.refusals.First(sync.UpgradeComplete) != "":
		return true
	case len(due) > 0 || p.o.leaves() || len(p.notReady()) > 0:
		for _, r := range due {
			if r.running && p.unproven(r.broker) {
				return true
			}
		}
		return false
	}
	return read.ReadWith != upgrade.Images(p.nodes()) || upgrade.Pending(&p.o.parent.Spec.MetadataVersion, read)
}

// unproven says that a restart brings an image of which only Kafka's features tell whether it may run.
func (p *plan) unproven(b *broker) bool {
	return upgrade.Unproven(p.o.imageOf(b), b.spec.Image, p.o.parent.Status.KRaft.MetadataVersion.Finalized)
}

// imageForbids says why no restart may bring its image.
func (p *plan) imageForbids() string {
	for _, r := range p.due {
		if !p.o.parent.Spec.KRaft || !r.running || !p.unproven(r.broker) {
			continue
		}
		image := r.broker.spec.Image
		features, known := p.facts.Kafka.Features.Get()
		if !known {
			return "whether the cluster can run " + image + " is not known: " + p.facts.Kafka.Features.Why()
		}
		if why := upgrade.Forbids(&p.o.parent.Status.KRaft.MetadataVersion, &features, image, p.facts.Now); why != "" {
			return why
		}
	}
	return ""
}

// settleVersion reads the metadata.version, and raises it when every node runs what is asked for and the user's policy
// allows.
func (p *plan) settleVersion() {
	p.metadata = p.o.parent.Status.KRaft.MetadataVersion
	if !p.o.parent.Spec.KRaft || p.o.paused() {
		return
	}
	var whole *upgrade.Whole
	features, known := p.facts.Kafka.Features.Get()
	nodes := p.nodes()
	if p.settled() && p.refusals.First(sync.UpgradeComplete) == "" && upgrade.Answered(nodes, &features) {
		whole = &upgrade.Whole{Images: upgrade.Images(nodes), Now: p.facts.Now}
	}
	if known {
		p.metadata = upgrade.Learn(p.metadata, &features, whole)
	}
	if (p.settled() || upgrade.RunAsked(nodes)) && p.metadata.ReadWith == upgrade.Images(nodes) {
		p.raise = upgrade.Next(&p.o.parent.Spec.MetadataVersion, &p.metadata, p.facts.Now)
	}
	switch {
	case p.raise.RaiseTo > 0 && (!p.settled() || len(p.staleness) > 0):
		p.raise = upgrade.Verdict{Waits: "it may rise, and waits until every node is ready and no restart is due"}
	case p.raise.RaiseTo > 0 && whole == nil:
		p.raise = upgrade.Verdict{Waits: "it may rise, and Kafka's features are not known: " + p.facts.Kafka.Features.Why()}
	case p.raise.RaiseTo > 0:
		p.commands = append(p.commands, sync.UpdateFeature{
			ToKafka: sync.ToKafka{Connection: p.connection()}, Feature: upgrade.Feature, Level: p.raise.RaiseTo,
		})
	}
}

// nodes are the nodes of the cluster as their versions go.
func (p *plan) nodes() []upgrade.Node {
	nodes := make([]upgrade.Node, 0, len(p.o.brokers))
	for _, b := range p.o.brokers {
		n := upgrade.Node{ID: b.id, Broker: b.listed && b.isBroker()}
		if b.pod() != nil {
			n.Runs = p.o.imageOf(b)
		}
		if b.listed && !b.spec.Defaulted.Image {
			n.Asked = b.spec.Image
		}
		nodes = append(nodes, n)
	}
	return nodes
}

// upgradeComplete says whether every node runs its image and the metadata.version is as high as it may be.
func (p *plan) upgradeComplete() verdict {
	if why := p.refusals.First(sync.UpgradeComplete); why != "" {
		return isNot(sync.UpgradeComplete, sync.ChangeRefused, sentence(why))
	}
	if p.metadata.Finalized == 0 {
		return unknown(sync.UpgradeComplete, sync.KafkaUnknown,
			"The finalized metadata.version is not known: "+p.facts.Kafka.Features.Why()+".")
	}
	reason, message := p.raise.Tell(&p.metadata, p.nodes())
	if reason == sync.AsExpected {
		return is(sync.UpgradeComplete, sentence(message))
	}
	return isNot(sync.UpgradeComplete, reason, sentence(message+p.commandFailed()))
}
