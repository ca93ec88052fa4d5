package cluster

import (
	"fmt"

	"github.com/kompositor/kompositor/sync"
)

// gate is the last step of every plan for a cluster that is to live on. It believes nothing of what was decided before
// it: from the request and the facts alone it checks each child that is let go against the laws that guard data
// (design.md section 4, laws 1 to 4), and when one is broken it holds everything instead.
func gate(o *Observed, facts sync.Facts, d sync.Decision) sync.Decision {
	why := o.breaks(facts, d.Releases)
	if why == "" {
		return d
	}
	status := o.parent.Status
	status.Conditions = o.carriedOver(facts, []verdict{
		isNot(
			sync.Ready,
			sync.GateRefused,
			bounded("A step was refused because "+why+"; this is a defect of Kompositor, please report it."),
		),
	})
	return sync.Decision{
		Children: o.request.Children.Hold(), Status: &status, ResyncAfter: resyncWhileWaiting,
		Reasons: []sync.Reason{sync.GateRefused},
	}
}

// breaks names the law that letting these children go would break; empty when none.
func (o *Observed) breaks(facts sync.Facts, releases []sync.Release) string {
	running := 0
	for _, release := range releases {
		b := o.ownerOf(release)
		if b == nil {
			return fmt.Sprintf("%s %s belongs to no broker", release.Kind, release.Name)
		}
		switch release.Kind {
		case "PersistentVolumeClaim":
			if why := o.claimMustStay(facts, b); why != "" {
				return fmt.Sprintf("claim %s would be let go although %s", release.Name, why)
			}
		case "Pod":
			if !b.runs() {
				continue
			}
			running++
			if why := o.podMustStay(facts, b); why != "" {
				return fmt.Sprintf("Pod %s would be let go although %s", release.Name, why)
			}
		}
	}
	if running > 1 {
		return fmt.Sprintf("%d running brokers would be stopped at once", running)
	}
	return ""
}

func (o *Observed) ownerOf(release sync.Release) *broker {
	for _, b := range o.brokers {
		for _, pod := range b.pods {
			if release.Kind == "Pod" && pod.Name == release.Name {
				return b
			}
		}
		for _, claim := range b.claims {
			if release.Kind == "PersistentVolumeClaim" && claim.Name == release.Name {
				return b
			}
		}
	}
	return nil
}

// claimMustStay is law 1 for a claim: its broker is out of the spec, its Pod is gone, and Kafka itself reports no
// replica.
func (o *Observed) claimMustStay(facts sync.Facts, b *broker) string {
	switch {
	case b.listed:
		return "the spec lists its broker"
	case len(b.pods) > 0:
		return "its broker's Pod is still there"
	}
	return holdsReplicas(facts, b)
}

// podMustStay is laws 1 to 4 for a running Pod: no other broker is down, the facts are known, and no partition or
// quorum would be left with too little.
func (o *Observed) podMustStay(facts sync.Facts, b *broker) string {
	p := &plan{stock: &stock{o: o}, facts: facts}
	if b.listed {
		return p.whyNot(b)
	}
	if b.isController() {
		return p.quorumForbids(b)
	}
	return holdsReplicas(facts, b)
}

func holdsReplicas(facts sync.Facts, b *broker) string {
	partitions, known := facts.Kafka.Partitions.Get()
	if !known {
		return "whether its broker holds replicas is not known"
	}
	for i := range partitions {
		if partitions[i].On(b.id) {
			return fmt.Sprintf("its broker holds a replica of %s-%d", partitions[i].Topic, partitions[i].Partition)
		}
	}
	return ""
}
