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
	if o.paused() && len(d.Releases)+len(d.Commands) > 0 {
		why = pausedWhy
	}
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
	var stopped []int32
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
			switch {
			case !b.runs():
			case b.listed:
				stopped = append(stopped, b.id)
			default:
				if why := o.leaverMustStay(facts, b); why != "" {
					return fmt.Sprintf("Pod %s would be let go although %s", release.Name, why)
				}
			}
		}
	}
	if len(stopped) > 0 {
		if why := o.rollOf(facts, nil).Stop(stopped...); why != "" {
			return fmt.Sprintf("brokers %v would be stopped although %s", stopped, why)
		}
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

// leaverMustStay is laws 1 and 3 for the Pod of a broker that is out of the spec: nothing may be left on it, and the
// quorum must not miss it.
func (o *Observed) leaverMustStay(facts sync.Facts, b *broker) string {
	if rules := o.rules(); b.isController() {
		if why := rules.Controller(facts.Kafka.Quorum, b.id); why != "" {
			return why
		}
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
