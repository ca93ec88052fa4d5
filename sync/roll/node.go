package roll

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/availability"
)

// Node is one broker or controller as far as its restart is concerned.
type Node struct {
	ID int32
	// Name is the node in messages, such as "controller 3".
	Name string
	// Group is what nodes have in common that are asked for the same things.
	Group string
	// Rack is the one that the node runs with; empty when it is not known.
	Rack string
	// Broker and Controller are its roles.
	Broker, Controller bool
	// Ready says that Kubernetes counts the node as ready.
	Ready bool
	// Announced says that its stop was announced, so that it may be under way.
	Announced bool
	// Running says that the node's process may be up, so that stopping it could take something away.
	Running bool
	// Stuck says in Kubernetes' words why the node does not start; empty when it may yet.
	Stuck string
	// Due says that the node is to restart.
	Due bool
}

// Cluster is everything that the roll of one cluster depends on.
type Cluster struct {
	// Nodes are all nodes that are there or should be, by id.
	Nodes []Node
	// KRaft says that the controllers are nodes of the cluster itself.
	KRaft bool
	Kafka *sync.KafkaFacts
	// Rules are what the user allows; which nodes are down is found out here.
	Rules availability.Rules
	// Concurrent is rollingUpgradeConfig.concurrentBrokerRestartCountPerRack, at least 1.
	Concurrent int
}

// node returns the node of that id, nil when there is none.
func (c *Cluster) node(id int32) *Node {
	i := slices.IndexFunc(c.Nodes, func(n Node) bool { return n.ID == id })
	if i < 0 {
		return nil
	}
	return &c.Nodes[i]
}

// live says that Kafka counts a broker as live; whoever is no broker, or was not asked about, is not known not to be.
func (c *Cluster) live(n *Node) bool {
	cluster, known := c.Kafka.Cluster.Get()
	return !known || !n.Broker || slices.Contains(cluster.Brokers, n.ID)
}

// names lists nodes in messages, a few by name.
func names(nodes []*Node) string {
	if len(nodes) == 1 {
		return nodes[0].Name
	}
	const named = 5
	texts := make([]string, 0, named+1)
	for i, n := range nodes {
		if i == named {
			texts = append(texts, fmt.Sprintf("and %d more", len(nodes)-named))
			break
		}
		texts = append(texts, fmt.Sprint(n.ID))
	}
	return "brokers " + strings.Join(texts, ", ")
}
