package cluster

import (
	"fmt"
	"slices"

	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/disks"
	"github.com/kompositor/kompositor/sync/upgrade"
	"github.com/kompositor/kompositor/sync/voters"
)

// gate is the last step of every plan for a cluster that is to live on. It believes nothing of what was decided before
// it: from the request and the facts alone it checks each child that is let go against the laws that guard data
// (design.md section 4, laws 1 to 4), and that this very cluster would take each command to Kafka. When a law is broken
// it holds everything instead.
func gate(o *Observed, facts sync.Facts, d sync.Decision) sync.Decision {
	why := orElse(o.breaks(facts, d.Releases), o.commandBreaks(facts, d.Commands))
	why = orElse(why, orElse(o.tellsStrangers(facts, d.Commands), o.losesDisks(facts, d.Children)))
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
			"A step was refused because "+why+"; this is a defect of Kompositor, please report it.",
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
			if why := o.claimMustStay(facts, b, release.Name); why != "" {
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

// tellsStrangers says why a command must not be sent to Kafka: who would take it is not known, or is another cluster.
func (o *Observed) tellsStrangers(facts sync.Facts, commands []sync.Command) string {
	for _, command := range commands {
		if _, writes := command.(sync.KafkaCommand); !writes {
			continue
		}
		cluster, known := facts.Kafka.Cluster.Get()
		if !known || o.clusterID() != "" && cluster.ID != o.clusterID() {
			return fmt.Sprintf("it is not known whether this cluster would take the command to %s", command)
		}
	}
	return ""
}

// losesDisks is law 1 for a log directory: a broker is configured without one only when Kafka reports it empty.
func (o *Observed) losesDisks(facts sync.Facts, drawn []sync.Child) string {
	var brokers []*disks.Broker
	for _, b := range o.brokers {
		if b.spec != nil && len(b.claims) > 0 {
			brokers = append(brokers, b.disks())
		}
	}
	return disks.TakesAway(&facts.Kafka, o.parent.Name, drawn, brokers)
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
// replica; or the broker runs without it, and Kafka misses nothing.
func (o *Observed) claimMustStay(facts sync.Facts, b *broker, name string) string {
	switch {
	case b.listed && b.isController():
		return "a controller keeps its metadata on it"
	case b.listed:
		at := slices.IndexFunc(b.claims, func(c *sync.PersistentVolumeClaim) bool { return c.Name == name })
		return b.disks().MustStay(&facts.Kafka, b.claims[at])
	case len(b.pods) > 0:
		return "its broker's Pod is still there"
	}
	return o.leaverMustStay(facts, b)
}

// leaverMustStay is laws 1 and 3 for a broker that is out of the spec: nothing may be left on it, and it must not vote.
func (o *Observed) leaverMustStay(facts sync.Facts, b *broker) string {
	return orElse(votesStill(o, facts, b), holdsReplicas(facts, b))
}

// votesStill says that a broker votes in the quorum, or that nobody knows; empty when it does not.
func votesStill(o *Observed, facts sync.Facts, b *broker) string {
	quorum, known := facts.Kafka.Quorum.Get()
	switch {
	case !o.parent.Spec.KRaft:
		return ""
	case !known || !quorum.Led():
		return "whether it is a voter of the KRaft quorum is not known: " +
			orElse(facts.Kafka.Quorum.Why(), "the quorum has no leader")
	case quorum.Votes(b.id):
		return "it is a voter of the KRaft quorum"
	}
	return ""
}

// commandBreaks is law 3 for the commands that change the quorum, and laws 1 and 4 for those that can not be undone.
func (o *Observed) commandBreaks(facts sync.Facts, commands []sync.Command) string {
	for _, command := range commands {
		c, ok := command.(sync.UnregisterBroker)
		if !ok {
			continue
		}
		at := slices.IndexFunc(o.brokers, func(b *broker) bool { return b.id == c.ID })
		if at < 0 || o.brokers[at].listed || len(o.brokers[at].pods) > 0 || holdsReplicas(facts, o.brokers[at]) != "" {
			return fmt.Sprintf("broker %d would be forgotten although it is not gone", c.ID)
		}
	}
	return orElse(voters.Breaks(facts.Kafka.Quorum, commands), upgrade.Breaks(facts.Kafka.Features, commands))
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
