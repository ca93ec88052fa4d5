package brokers

import (
	"fmt"
	"slices"
)

// move is a replica on its way from one broker to another. While it is, both hold one.
type move struct {
	partition *Partition
	from, to  int32
}

// Move begins to move a replica, as AlterPartitionReassignments does. Kafka carries it through by itself.
func (c *Cluster) Move(topic string, number, from, to int32) error {
	for _, p := range c.partitionsOf(topic) {
		if p.Number != number {
			continue
		}
		if !slices.Contains(p.Replicas, from) || slices.Contains(p.Replicas, to) {
			return fmt.Errorf("%s-%d has the replicas %v: none moves from %d to %d", topic, number, p.Replicas, from, to)
		}
		if !c.registered(to) {
			return fmt.Errorf("the assignment includes broker %d, but no such broker is registered", to)
		}
		p.Replicas = append(p.Replicas, to)
		p.ends[to] = end{disk: c.emptiest(to)}
		c.moves = append(c.moves, move{p, from, to})
		return nil
	}
	return fmt.Errorf("there is no partition %s-%d", topic, number)
}

// Unmove takes a move back that Kafka is carrying through, as AlterPartitionReassignments does when it is cancelled.
func (c *Cluster) Unmove(topic string, number int32) {
	c.moves = slices.DeleteFunc(c.moves, func(m move) bool {
		if m.partition.Topic != topic || m.partition.Number != number {
			return false
		}
		m.partition.drop(m.to)
		return true
	})
}

// Ongoing names a partition that a replica of is on its way, between brokers or within one; empty for none.
func (c *Cluster) Ongoing() (between, within string) {
	if len(c.moves) > 0 {
		between = fmt.Sprintf("%s-%d", c.moves[0].partition.Topic, c.moves[0].partition.Number)
	}
	if len(c.carries) > 0 {
		within = fmt.Sprintf("%s-%d", c.carries[0].partition.Topic, c.carries[0].partition.Number)
	}
	return between, within
}

// drop takes a broker's replica away.
func (p *Partition) drop(broker int32) {
	is := func(id int32) bool { return id == broker }
	p.Replicas, p.ISR = slices.DeleteFunc(slices.Clone(p.Replicas), is), slices.DeleteFunc(slices.Clone(p.ISR), is)
	delete(p.ends, broker)
	delete(p.behind, broker)
}

// registered says that the controller knows a broker, live or not. Source: Kafka, ReplicationControlManager.
func (c *Cluster) registered(id int32) bool {
	_, known := c.racks[id]
	return known || c.live[id]
}

// Moving says that a replica of a partition is on its way.
func (c *Cluster) Moving(topic string, number int32) bool {
	return slices.ContainsFunc(c.moves, func(m move) bool {
		return m.partition.Topic == topic && m.partition.Number == number
	})
}

// finishMoves ends the moves whose new replica is in sync: it takes the place of the old one.
func (c *Cluster) finishMoves() {
	c.moves = slices.DeleteFunc(c.moves, func(m move) bool {
		p := m.partition
		if !slices.Contains(p.ISR, m.to) {
			return false
		}
		p.Replicas = slices.Clone(p.Replicas)
		old, last := slices.Index(p.Replicas, m.from), slices.Index(p.Replicas, m.to)
		p.Replicas[old], p.Replicas[last] = m.to, m.from
		p.drop(m.from)
		return true
	})
}
