package balancer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kompositor/kompositor/simulator/brokers"
	"github.com/kompositor/kompositor/simulator/cruisecontrol"
)

// within says that a request moves replicas between the disks of each broker, and no replica to another broker.
func within(request cruisecontrol.Request) bool {
	return request.Endpoint == "remove_disks" || request.Parameters["rebalance_disk"] == "true"
}

// proposeWithin empties the log directories that are removed, or evens out what the disks of each broker hold. Source
// of the refusals: Cruise Control, RemoveDisksRunnable.
func (b *Balancer) proposeWithin(request cruisecontrol.Request) ([]proposed, error) {
	leaving := map[int32][]string{}
	for item := range strings.SplitSeq(request.Parameters["brokerid_and_logdirs"], ",") {
		id, dir, ok := strings.Cut(item, "-")
		for _, broker := range cruisecontrol.Brokers(id) {
			if ok {
				leaving[broker] = append(leaving[broker], dir)
			}
		}
	}
	var moves []proposed
	for _, id := range b.cluster.Live() {
		stay := b.cluster.LogDirs(id)
		for _, dir := range leaving[id] {
			at := slices.Index(stay, dir)
			if at < 0 {
				return nil, &cruisecontrol.RefusalError{
					Exception: "java.lang.IllegalArgumentException",
					Message:   fmt.Sprintf("Invalid log dirs provided for broker %d.", id),
				}
			}
			stay = slices.Delete(slices.Clone(stay), at, at+1)
		}
		if len(stay) == 0 {
			return nil, &cruisecontrol.RefusalError{
				Exception: "java.lang.IllegalArgumentException",
				Message:   fmt.Sprintf("No log dir remaining to move replicas to for broker %d.", id),
			}
		}
		moves = append(moves, b.spread(id, stay, request.Endpoint == "rebalance")...)
	}
	return moves, nil
}

// spread moves what a broker holds elsewhere to the log directories that stay, each replica to the emptiest; even also
// moves replicas between those.
func (b *Balancer) spread(broker int32, stay []string, even bool) []proposed {
	held := map[string]int{}
	for _, p := range b.cluster.Partitions() {
		if p.On(broker) {
			held[b.cluster.DirOf(p, broker)]++
		}
	}
	var moves []proposed
	for _, p := range b.cluster.Partitions() {
		if !p.On(broker) {
			continue
		}
		from := b.cluster.DirOf(p, broker)
		to := slices.MinFunc(stay, func(one, other string) int { return held[one] - held[other] })
		if !slices.Contains(stay, from) || even && held[from] > held[to]+1 {
			moves = append(moves, proposed{topic: p.Topic, number: p.Number, from: broker, to: broker, dir: to})
			held[from], held[to] = held[from]-1, held[to]+1
		}
	}
	return moves
}

// begin begins a move and says whether Kafka has taken it.
func (m *proposed) begin(cluster *brokers.Cluster) bool {
	if m.dir != "" {
		return cluster.Carry(m.topic, m.number, m.from, m.dir) == nil
	}
	return cluster.Move(m.topic, m.number, m.from, m.to) == nil
}

// under says that Kafka has not carried the move through yet.
func (m *proposed) under(cluster *brokers.Cluster) bool {
	if m.dir != "" {
		return cluster.Carrying(m.topic, m.number, m.from)
	}
	return cluster.Moving(m.topic, m.number)
}
