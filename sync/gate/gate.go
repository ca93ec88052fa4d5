package gate

import (
	"fmt"
	"slices"

	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/disks"
	"github.com/kompositor/kompositor/sync/upgrade"
	"github.com/kompositor/kompositor/sync/voters"
)

// Node is one broker or controller, as it is observed.
type Node struct {
	ID int32
	// Listed says that the spec lists it, Controller that it has the role controller, Runs that a process of it may be up.
	Listed, Controller, Runs bool

	Pods   []*sync.Pod
	Claims []*sync.PersistentVolumeClaim
	// Doubt says in a clause what of these may be another node's; empty when nothing.
	Doubt string
	// Broker says that it is a broker, and not a controller alone.
	Broker bool
	// Down says that it is a controller that does not serve, as far as Kubernetes shows.
	Down bool
	// Announced says that its stop was announced, and not too long ago.
	Announced bool
	// Disks is the node as far as its disks are concerned; nil when it has no claim, or its spec is not known.
	Disks *disks.Broker
}

// Cluster is what is observed of a cluster that is to live on.
type Cluster struct {
	// Name is the KafkaCluster's, ID Kafka's; the ID is empty when no id was given to the cluster.
	Name, ID string
	KRaft    bool
	Nodes    []Node
	// Stop says why these nodes may not be stopped together; empty when they may.
	Stop func(ids ...int32) string
}

// Refuses names the law that an answer would break, as a clause; empty when it breaks none.
func (c *Cluster) Refuses(kafka *sync.KafkaFacts, d *sync.Decision) string {
	for _, why := range []string{
		c.letsGo(kafka, d.Releases), c.forgets(kafka, d.Commands),
		voters.Breaks(voters.Down(kafka.Quorum, c.down()), d.Commands),
		upgrade.Breaks(kafka.Features, d.Commands), c.tellsStrangers(kafka, d.Commands), c.losesDisks(kafka, d.Children),
	} {
		if why != "" {
			return why
		}
	}
	return ""
}

// letsGo names the law that letting these children go would break.
func (c *Cluster) letsGo(kafka *sync.KafkaFacts, releases []sync.Release) string {
	var stopped []int32
	for i := range releases {
		release := &releases[i]
		n := c.ownerOf(release)
		if n == nil {
			return fmt.Sprintf("%s %s belongs to no broker", release.Kind, release.Name)
		}
		if n.Doubt != "" {
			return fmt.Sprintf("%s %s would be let go although %s", release.Kind, release.Name, n.Doubt)
		}
		switch release.Kind {
		case "PersistentVolumeClaim":
			if why := c.claimMustStay(kafka, n, release.Name); why != "" {
				return fmt.Sprintf("claim %s would be let go although %s", release.Name, why)
			}
		case "Pod":
			switch {
			case !n.Runs:
			case n.Listed:
				stopped = append(stopped, n.ID)
			}
			if why := c.podMustStay(kafka, n); why != "" {
				return fmt.Sprintf("Pod %s would be let go although %s", release.Name, why)
			}
		}
	}
	if len(stopped) > 0 {
		if why := c.Stop(stopped...); why != "" {
			return fmt.Sprintf("brokers %v would be stopped although %s", stopped, why)
		}
	}
	return ""
}

// down are the controllers on which no change of the voters may count.
func (c *Cluster) down() (ids []int32) {
	for i := range c.Nodes {
		if c.Nodes[i].Down {
			ids = append(ids, c.Nodes[i].ID)
		}
	}
	return ids
}

// podMustStay says why a Pod whose process may be up must stay, whatever others do.
func (c *Cluster) podMustStay(kafka *sync.KafkaFacts, n *Node) string {
	switch {
	case !n.Runs:
		return ""
	case !n.Listed:
		return c.leaverMustStay(kafka, n)
	case !n.Announced:
		return "its stop was not announced"
	}
	return ""
}

func (c *Cluster) ownerOf(release *sync.Release) *Node {
	for i := range c.Nodes {
		n := &c.Nodes[i]
		for _, pod := range n.Pods {
			if release.Kind == "Pod" && pod.Name == release.Name {
				return n
			}
		}
		for _, claim := range n.Claims {
			if release.Kind == "PersistentVolumeClaim" && claim.Name == release.Name {
				return n
			}
		}
	}
	return nil
}

// claimMustStay is law 1 for a claim: its broker is out of the spec, its Pod is gone, and Kafka itself reports no
// replica; or the broker runs without it, and Kafka misses nothing.
func (c *Cluster) claimMustStay(kafka *sync.KafkaFacts, n *Node, name string) string {
	switch {
	case n.Listed && n.Controller:
		return "a controller keeps its metadata on it"
	case n.Listed && n.Disks == nil:
		return "what its broker is drawn from is not known"
	case n.Listed:
		at := slices.IndexFunc(n.Claims, func(claim *sync.PersistentVolumeClaim) bool { return claim.Name == name })
		return n.Disks.MustStay(kafka, n.Claims[at])
	case len(n.Pods) > 0:
		return "its broker's Pod is still there"
	}
	return c.leaverMustStay(kafka, n)
}

// leaverMustStay is laws 1 and 3 for a broker that is out of the spec: nothing may be left on it, and it must not vote.
func (c *Cluster) leaverMustStay(kafka *sync.KafkaFacts, n *Node) string {
	if c.KRaft {
		if votes := voters.Votes(kafka.Quorum, n.ID); votes != "" {
			return votes
		}
	}
	return holdsReplicas(kafka, n)
}

func holdsReplicas(kafka *sync.KafkaFacts, n *Node) string {
	partitions, known := kafka.Partitions.Get()
	if !known {
		return "whether its broker holds replicas is not known"
	}
	for i := range partitions {
		if partitions[i].On(n.ID) {
			return fmt.Sprintf("its broker holds a replica of %s-%d", partitions[i].Topic, partitions[i].Partition)
		}
	}
	if !n.Runs || !n.Broker {
		return ""
	}
	switch replicas, unknown := kafka.LogsOn(n.ID); {
	case unknown != "":
		return "what its broker has in its log directories is not known"
	case replicas > 0:
		return fmt.Sprintf("its broker has %d replicas in its log directories", replicas)
	}
	return ""
}

// forgets is law 1 for the command that can not be undone: Kafka forgets a broker only when it is gone.
func (c *Cluster) forgets(kafka *sync.KafkaFacts, commands []sync.Command) string {
	for _, command := range commands {
		unregister, ok := command.(sync.UnregisterBroker)
		if !ok {
			continue
		}
		at := slices.IndexFunc(c.Nodes, func(n Node) bool { return n.ID == unregister.ID })
		if at < 0 || c.Nodes[at].Listed || len(c.Nodes[at].Pods) > 0 || holdsReplicas(kafka, &c.Nodes[at]) != "" {
			return fmt.Sprintf("broker %d would be forgotten although it is not gone", unregister.ID)
		}
	}
	return ""
}

// tellsStrangers says why a command must not be sent to Kafka: who would take it is not known, or is another cluster.
func (c *Cluster) tellsStrangers(kafka *sync.KafkaFacts, commands []sync.Command) string {
	for _, command := range commands {
		if _, writes := command.(sync.KafkaCommand); !writes {
			continue
		}
		cluster, known := kafka.Cluster.Get()
		if !known || c.ID != "" && cluster.ID != c.ID {
			return fmt.Sprintf("it is not known whether this cluster would take the command to %s", command)
		}
	}
	return ""
}

// losesDisks is law 1 for a log directory: a broker is configured without one only when Kafka reports it empty.
func (c *Cluster) losesDisks(kafka *sync.KafkaFacts, drawn []sync.Child) string {
	var brokers []*disks.Broker
	for i := range c.Nodes {
		if c.Nodes[i].Disks != nil {
			brokers = append(brokers, c.Nodes[i].Disks)
		}
	}
	return disks.TakesAway(kafka, c.Name, drawn, brokers)
}
