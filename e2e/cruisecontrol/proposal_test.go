package cruisecontrol

import (
	"slices"
	"testing"
)

// cluster is a topic of six partitions with three replicas each, on brokers 1, 2 and 3, and a small one.
func cluster() (partitions []partition) {
	for number := range int32(6) {
		replicas := []int32{1 + number%3, 1 + (number+1)%3, 1 + (number+2)%3}
		partitions = append(partitions, partition{"records", number, replicas})
	}
	return append(partitions, partition{"single", 0, []int32{2}})
}

func TestAddedBrokersGetTheirShare(t *testing.T) {
	before := cluster()
	moves := toAdd(before, []int32{1, 2, 3, 4, 5}, []int32{4, 5})
	after := map[int32]int{}
	for _, p := range cluster() {
		for _, move := range moves {
			if move.topic == p.topic && move.number == p.number {
				p = move
			}
		}
		check(t, p)
		for _, id := range p.replicas {
			after[id]++
		}
	}
	if after[4] != 3 || after[5] != 3 {
		t.Errorf("of 18 replicas on five brokers, the new ones have %d and %d, not 3 each", after[4], after[5])
	}
	if !slices.EqualFunc(before, cluster(), func(a, b partition) bool { return slices.Equal(a.replicas, b.replicas) }) {
		t.Error("the partitions themselves were changed")
	}
}

func TestRemovedBrokersKeepNothing(t *testing.T) {
	moves, err := toRemove(cluster(), []int32{1, 2, 3, 4}, []int32{2})
	if err != nil || len(moves) != 7 {
		t.Fatalf("%d of 7 partitions are moved: %v", len(moves), err)
	}
	for _, move := range moves {
		check(t, move)
		if slices.Contains(move.replicas, 2) {
			t.Errorf("%s-%d is to stay on broker 2: %v", move.topic, move.number, move.replicas)
		}
	}
	if _, err := toRemove(cluster(), []int32{1, 2, 3}, []int32{2}); err == nil {
		t.Error("three replicas have room on two brokers")
	}
}

// check says that no broker has two replicas of a partition.
func check(t *testing.T, p partition) {
	t.Helper()
	sorted := slices.Sorted(slices.Values(p.replicas))
	if len(slices.Compact(sorted)) != len(p.replicas) {
		t.Errorf("%s-%d lies twice on a broker: %v", p.topic, p.number, p.replicas)
	}
}
