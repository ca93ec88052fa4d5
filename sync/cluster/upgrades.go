package cluster

import (
	"slices"
	"strings"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/upgrade"
)

// featuresOwed says that Kafka's features must be known: a restart brings an image that may be too old for what is
// finalized, an image was refused by what may no longer be so, a raise is due, or they were not read since the nodes run
// these images. Read is what is known of them.
func (p *plan) featuresOwed(read *v1beta1.MetadataVersionStatus) bool {
	due := p.dueRestarts()
	switch {
	case !p.o.parent.Spec.KRaft || p.o.paused():
		return false
	case p.refusal(sync.UpgradeComplete) != "":
		return true
	case len(due) > 0 || p.o.leaves() || len(p.notReady()) > 0:
		for _, r := range due {
			if r.running && p.unproven(r.broker) {
				return true
			}
		}
		return false
	}
	return read.ReadWith != p.images() || upgrade.Pending(&p.o.parent.Spec.MetadataVersion, read)
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
		if why := upgrade.Refuses(v1beta1.KafkaVersionOfImage(image), features.Finalized[upgrade.Feature]); why != "" {
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
	if p.settled() && p.refusal(sync.UpgradeComplete) == "" && p.allAnswered(features.Brokers) {
		whole = &upgrade.Whole{Images: p.images(), Now: p.facts.Now}
	}
	if known {
		p.metadata = upgrade.Learn(p.metadata, &features, whole)
	}
	if p.settled() && p.metadata.ReadWith == p.images() {
		p.raise = upgrade.Next(&p.o.parent.Spec.MetadataVersion, &p.metadata, p.facts.Now)
	}
	switch {
	case p.raise.RaiseTo > 0 && whole == nil:
		p.raise = upgrade.Verdict{Waits: "it may rise, and Kafka's features are not known: " + p.facts.Kafka.Features.Why()}
	case p.raise.RaiseTo > 0:
		p.commands = append(p.commands, sync.UpdateFeature{
			ToKafka: sync.ToKafka{Connection: p.connection()}, Feature: upgrade.Feature, Level: p.raise.RaiseTo,
		})
	}
}

// allAnswered says that every broker of the spec is among those that told what they support.
func (p *plan) allAnswered(answered []int32) bool {
	return !slices.ContainsFunc(p.o.brokers, func(b *broker) bool {
		return b.listed && !b.refused && b.isBroker() && !slices.Contains(answered, b.id)
	})
}

// runsAsked says that every node that is there runs the image that the spec asks for.
func (p *plan) runsAsked() bool {
	return !slices.ContainsFunc(p.o.brokers, func(b *broker) bool {
		return b.listed && b.pod() != nil && b.spec != nil && !b.spec.Defaulted.Image && p.o.imageOf(b) != b.spec.Image
	})
}

// images are the images that the nodes run, each once.
func (p *plan) images() string {
	var images []string
	for _, b := range p.o.brokers {
		if b.pod() != nil {
			images = append(images, p.o.imageOf(b))
		}
	}
	slices.Sort(images)
	return strings.Join(slices.Compact(images), ",")
}

// upgradeComplete says whether every node runs its image and the metadata.version is as high as it may be.
func (p *plan) upgradeComplete() verdict {
	if why := p.refusal(sync.UpgradeComplete); why != "" {
		return isNot(sync.UpgradeComplete, sync.ChangeRefused, sentence(why))
	}
	if p.metadata.Finalized == 0 {
		return unknown(sync.UpgradeComplete, sync.KafkaUnknown,
			"The finalized metadata.version is not known: "+p.facts.Kafka.Features.Why()+".")
	}
	reason, message := p.raise.Tell(&p.metadata, p.metadata.ReadWith == p.images() && p.runsAsked())
	if reason == sync.AsExpected {
		return is(sync.UpgradeComplete, sentence(message))
	}
	return isNot(sync.UpgradeComplete, reason, sentence(message+p.commandFailed()))
}
