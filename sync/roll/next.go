package roll

import (
	"fmt"
	"slices"
)

// Wave is what the roll does next.
type Wave struct {
	// Stop are the running nodes that stop now.
	Stop []int32
	// Evidence names the facts that allow it.
	Evidence string
	// Waits says what the first of the order waits for; empty when it stops now.
	Waits string
}

// Next chooses the running nodes that stop now. The first one of the order decides for all: none overtakes it. Others
// of its rack go along where the user allows that, but not before one node of their group runs what is asked for: a
// mistake takes one broker down, not as many as may restart at once.
func (c *Cluster) Next(order []int32) Wave {
	order = slices.DeleteFunc(slices.Clone(order), func(id int32) bool { return !c.node(id).Running })
	if len(order) == 0 {
		return Wave{}
	}
	first := c.node(order[0])
	down := c.down([]*Node{first})
	if why := c.Stop(first.ID); why != "" {
		return Wave{Waits: why}
	}
	wave := Wave{Stop: []int32{first.ID}}
	switch proven := c.proven(first); {
	case !proven && len(down) > 0:
		return Wave{Waits: fmt.Sprintf("%s must be ready first: no other runs what is asked for yet", names(down))}
	case proven:
		for _, id := range order[1:] {
			if len(wave.Stop)+len(down) >= c.Concurrent {
				break
			}
			if together := append(slices.Clone(wave.Stop), id); c.Stop(together...) == "" {
				wave.Stop = together
			}
		}
	}
	wave.Evidence = c.evidence(wave.Stop)
	return wave
}

// proven says that a node of the same group is ready and runs what is asked for.
func (c *Cluster) proven(n *Node) bool {
	return slices.ContainsFunc(c.Nodes, func(other Node) bool {
		return other.Group == n.Group && other.Ready && !other.Due && c.live(&other)
	})
}

// evidence names the facts that allow nodes to stop.
func (c *Cluster) evidence(ids []int32) string {
	stop := make([]*Node, len(ids))
	for i, id := range ids {
		stop[i] = c.node(id)
	}
	text := "all other brokers are ready"
	if len(stop) > 1 || len(c.down(stop)) > 0 {
		text = fmt.Sprintf("all brokers outside of rack %s are ready", stop[0].Rack)
	}
	if quorum, known := c.Kafka.Quorum.Get(); known && stop[0].Controller {
		text += fmt.Sprintf(", a majority of the other %d voters is caught up", len(quorum.Voters)-1)
	}
	if partitions, known := c.Kafka.Partitions.Get(); known && stop[0].Broker {
		text += fmt.Sprintf(", none of %d partitions would fall below min.insync.replicas", len(partitions))
	}
	return text
}
