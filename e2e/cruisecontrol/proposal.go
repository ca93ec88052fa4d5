package cruisecontrol

import (
	"fmt"
	"slices"
)

// toAdd proposes what is moved to brokers that come: of each topic, as many replicas as are their share. What is moved
// away from a broker is what it has above its own share; nothing is moved between the brokers that were there before.
func toAdd(partitions []partition, brokers, added []int32) []partition {
	after := copied(partitions)
	for _, topic := range byTopic(after) {
		load := loadOf(topic)
		share := total(topic) / len(brokers)
		for _, to := range added {
			for i := range topic {
				p := &topic[i]
				if load[to] >= share || slices.Contains(p.replicas, to) {
					continue
				}
				from := most(load, p.replicas, added)
				if from < 0 || load[p.replicas[from]] <= share {
					continue
				}
				load[p.replicas[from]]--
				load[to]++
				p.replicas[from] = to
			}
		}
	}
	return differing(partitions, after)
}

// toRemove proposes where the replicas of brokers that leave go: each to the broker that has the fewest of its topic
// and not yet one of its partition.
func toRemove(partitions []partition, brokers, removed []int32) ([]partition, error) {
	after := copied(partitions)
	stay := slices.DeleteFunc(slices.Clone(brokers), func(id int32) bool { return slices.Contains(removed, id) })
	for _, topic := range byTopic(after) {
		load := loadOf(topic)
		for i := range topic {
			p := &topic[i]
			for at, from := range p.replicas {
				if !slices.Contains(removed, from) {
					continue
				}
				to := least(load, stay, p.replicas)
				if to < 0 {
					return nil, fmt.Errorf("%d replicas of %s-%d have no room on the brokers %v",
						len(p.replicas), p.topic, p.number, stay)
				}
				load[to]++
				p.replicas[at] = to
			}
		}
	}
	return differing(partitions, after), nil
}

func copied(partitions []partition) []partition {
	copies := slices.Clone(partitions)
	for i := range copies {
		copies[i].replicas = slices.Clone(copies[i].replicas)
	}
	return copies
}

// byTopic are the same partitions, which are in order, topic by topic.
func byTopic(partitions []partition) (topics [][]partition) {
	for begin, i := 0, 1; i <= len(partitions); i++ {
		if i == len(partitions) || partitions[i].topic != partitions[begin].topic {
			topics = append(topics, partitions[begin:i])
			begin = i
		}
	}
	return topics
}

func differing(before, after []partition) (moves []partition) {
	for i := range after {
		if !slices.Equal(before[i].replicas, after[i].replicas) {
			moves = append(moves, after[i])
		}
	}
	return moves
}

func loadOf(partitions []partition) map[int32]int {
	load := map[int32]int{}
	for _, p := range partitions {
		for _, id := range p.replicas {
			load[id]++
		}
	}
	return load
}

func total(partitions []partition) (replicas int) {
	for _, p := range partitions {
		replicas += len(p.replicas)
	}
	return replicas
}

// most is which of a partition's replicas lies on the broker with the largest load, -1 for none.
func most(load map[int32]int, replicas, but []int32) int {
	found := -1
	for at, id := range replicas {
		if !slices.Contains(but, id) && (found < 0 || load[id] > load[replicas[found]]) {
			found = at
		}
	}
	return found
}

// least is the broker with the smallest load, -1 for none.
func least(load map[int32]int, brokers, but []int32) int32 {
	found := int32(-1)
	for _, id := range brokers {
		if !slices.Contains(but, id) && (found < 0 || load[id] < load[found]) {
			found = id
		}
	}
	return found
}
