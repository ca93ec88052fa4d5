package roll

import (
	"fmt"
	"slices"

	"github.com/kompositor/kompositor/sync/availability"
)

// Stop says why these running nodes may not be stopped now, all of them at once; empty when every fact allows it.
//
// It is one node at a time, unless the user allows more for a rack: then up to that many brokers of one rack are down
// at once, those that stop or start already counted in, provided that the rack of every broker is known and none of
// them is a controller. Whatever their number, a majority of the quorum stays caught up, and no partition falls below
// min.insync.replicas with all of them down.
func (c *Cluster) Stop(ids ...int32) string {
	stop := make([]*Node, 0, len(ids))
	for _, id := range ids {
		n := c.node(id)
		if n == nil {
			return fmt.Sprintf("node %d is none of this cluster's", id)
		}
		stop = append(stop, n)
	}
	down := c.down(stop)
	if why := c.budget(stop, down); why != "" {
		return why
	}
	if why := c.doubt(stop); why != "" {
		return why
	}
	for _, n := range stop {
		if why := c.missed(n, slices.Concat(stop, down)); why != "" {
			return why
		}
	}
	return ""
}

// down are the other nodes that are not serving: they have used the budget up already.
func (c *Cluster) down(besides []*Node) []*Node {
	var down []*Node
	for i := range c.Nodes {
		if n := &c.Nodes[i]; !n.Ready && !slices.Contains(besides, n) {
			down = append(down, n)
		}
	}
	return down
}

// budget says why stopping some nodes while others are down is more than the user allows.
func (c *Cluster) budget(stop, down []*Node) string {
	if len(down) == 0 && len(stop) == 1 {
		return ""
	}
	for _, n := range down {
		if n.Stuck != "" {
			return fmt.Sprintf("%s must run first: %s", n.Name, n.Stuck)
		}
	}
	why := c.together(slices.Concat(stop, down))
	switch {
	case why == "":
		return ""
	case down != nil && down[0].Announced:
		return fmt.Sprintf("the stop of %s was announced, and may be under way: %s", down[0].Name, why)
	case len(down) > 0:
		return fmt.Sprintf("%s must be ready first: %s", names(down), why)
	}
	return fmt.Sprintf("%s would be stopped at once: %s", names(stop), why)
}

// together says why these nodes may not be down at the same time.
func (c *Cluster) together(out []*Node) string {
	if c.Concurrent <= 1 {
		return "one broker at a time"
	}
	for i := range c.Nodes {
		if n := &c.Nodes[i]; n.Broker && n.Rack == "" {
			return fmt.Sprintf("one broker at a time while the rack of %s is not known", n.Name)
		}
	}
	for _, n := range out {
		if n.Controller {
			return "a controller restarts alone"
		}
		if n.Rack != out[0].Rack {
			return "brokers of different racks are not down at once"
		}
	}
	if len(out) > c.Concurrent {
		return fmt.Sprintf("at most %d of a rack at once (rollingUpgradeConfig.concurrentBrokerRestartCountPerRack)",
			c.Concurrent)
	}
	return ""
}

// doubt says what in Kafka's answer contradicts what Kubernetes shows of the cluster's other nodes: a Pod that is ready
// and that Kafka does not count as live is down, and a broker from elsewhere means that this is not all of the cluster.
func (c *Cluster) doubt(besides []*Node) string {
	cluster, known := c.Kafka.Cluster.Get()
	if !known {
		return "the live brokers are not known: " + c.Kafka.Cluster.Why()
	}
	for i := range c.Nodes {
		if n := &c.Nodes[i]; n.Ready && !c.live(n) && !slices.Contains(besides, n) {
			return fmt.Sprintf("the Pod of %s is ready, and Kafka does not count it as live", n.Name)
		}
	}
	for _, id := range cluster.Brokers {
		if c.node(id) == nil {
			return fmt.Sprintf("Kafka counts a broker %d as live that is none of this cluster's: stop it, or list it", id)
		}
	}
	return ""
}

// missed says what would be missed without a node, with all of out down as well.
func (c *Cluster) missed(n *Node, out []*Node) string {
	rules := c.Rules
	rules.Down = nil
	for _, other := range out {
		if other != n {
			rules.Down = append(rules.Down, other.ID)
		}
	}
	if n.Controller {
		if why := rules.Controller(c.Kafka.Quorum, n.ID); why != "" {
			return why
		}
	} else if c.KRaft {
		// Without an active controller nobody would take over what the broker leads.
		if why := availability.Led(c.Kafka.Quorum); why != "" {
			return why
		}
	}
	if n.Broker {
		return rules.Broker(c.Kafka.Partitions, n.ID)
	}
	return ""
}
