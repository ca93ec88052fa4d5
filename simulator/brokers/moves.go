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
		p.Replicas = append(p.Replicas, to)
		p.ends[to] = end{disk: c.emptiest(to)}
		c.moves = append(c.moves, move{p, from, to})
		return nil
	}
	return fmt.Errorf("there is no partition %s-%d", topic, number)
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
		without := func(ids []int32, id int32) []int32 {
			return slices.DeleteFunc(slices.Clone(ids), func(other int32) bool { return other == id })
		}
		place := slices.Index(p.Replicas, m.from)
		p.Replicas = without(p.Replicas, m.to)
		p.Replicas[place] = m.to
		p.ISR = without(p.ISR, m.from)
		delete(p.ends, m.from)
		delete(p.behind, m.from)
		return true
	})
}
