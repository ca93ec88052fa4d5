package roll

import (
	"cmp"
	"slices"
)

// Order returns the nodes that are due, in the order in which they restart: those whose process has ended already, the
// one whose stop was announced, those that are not ready, then the brokers rack by rack, then the controllers, and last
// of all the active controller: each change of it stops the cluster's metadata for a moment.
func (c *Cluster) Order() []int32 {
	var due []*Node
	for i := range c.Nodes {
		if c.Nodes[i].Due {
			due = append(due, &c.Nodes[i])
		}
	}
	active := c.activeController()
	rank := func(n *Node) int {
		switch {
		case !n.Running:
			return 0
		case n.Announced:
			return 1
		case !n.Ready || !c.live(n):
			return 2
		case n.ID == active:
			return 5
		case n.Controller:
			return 4
		}
		return 3
	}
	slices.SortStableFunc(due, func(a, b *Node) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Rack, b.Rack), cmp.Compare(a.ID, b.ID))
	})
	ids := make([]int32, len(due))
	for i, n := range due {
		ids[i] = n.ID
	}
	return ids
}

// activeController is the node that leads the metadata, -1 when that is not known. A broker of a KRaft cluster names
// any live broker as the controller to its clients (KIP-631), so there only the quorum's own answer counts.
func (c *Cluster) activeController() int32 {
	if quorum, known := c.Kafka.Quorum.Get(); c.KRaft && known {
		return quorum.Leader
	}
	if cluster, known := c.Kafka.Cluster.Get(); !c.KRaft && known {
		return cluster.Controller
	}
	return -1
}
