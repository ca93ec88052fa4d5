package balancer

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/kompositor/kompositor/simulator/brokers"
	"github.com/kompositor/kompositor/simulator/cruisecontrol"
)

// Balancer proposes moves of replicas in one cluster, and has Kafka make them.
type Balancer struct {
	cluster *brokers.Cluster
	// proposals are the moves that are still to be begun, by the reason of their task.
	proposals map[string][]proposed
	// under is the move that is being made.
	under *proposed
	moved int
}

type proposed struct {
	topic            string
	number, from, to int32
	dir              string // within a broker: the log directory that the replica moves to
}

// New returns the balancer of a cluster.
func New(cluster *brokers.Cluster) *Balancer {
	return &Balancer{cluster: cluster, proposals: map[string][]proposed{}}
}

var _ cruisecontrol.World = (*Balancer)(nil)

// Moved is how many replicas the present task has moved.
func (b *Balancer) Moved() int { return b.moved }

// Brokers are the brokers that are live or hold replicas.
func (b *Balancer) Brokers() []cruisecontrol.Broker {
	held := b.held()
	var all []cruisecontrol.Broker
	for _, id := range slices.Sorted(maps.Keys(held)) {
		all = append(all, cruisecontrol.Broker{
			ID: id, Alive: slices.Contains(b.cluster.Live(), id), Replicas: held[id],
		})
	}
	return all
}

// held counts the replicas of every broker.
func (b *Balancer) held() map[int32]int {
	held := map[int32]int{}
	for _, id := range b.cluster.Live() {
		held[id] = 0
	}
	for _, p := range b.cluster.Partitions() {
		for _, id := range p.Replicas {
			held[id]++
		}
	}
	return held
}

// Propose says which replicas a request moves.
func (b *Balancer) Propose(request cruisecontrol.Request) (int, error) {
	leaving := []int32{}
	if request.Endpoint == "remove_broker" {
		leaving = cruisecontrol.Brokers(request.Parameters["brokerid"])
	}
	added := []int32{}
	if request.Endpoint == "add_broker" {
		added = cruisecontrol.Brokers(request.Parameters["brokerid"])
	}
	moves, err := b.propose(request.Endpoint == "rebalance", leaving, added)
	if within(request) {
		moves, err = b.proposeWithin(request)
	}
	if err == nil && !request.Dry() && len(moves) > 0 {
		err = b.ongoing()
	}
	if err == nil && !request.Dry() {
		b.proposals[request.Parameters["reason"]] = moves
		b.moved, b.under = 0, nil
	}
	return len(moves), err
}

// ongoing refuses to begin while Kafka moves what nobody here has told it to move, or has forgotten. Source: Cruise
// Control, Executor.sanityCheckOngoingMovement.
func (b *Balancer) ongoing() error {
	const exception = "com.linkedin.kafka.cruisecontrol.exception.OngoingExecutionException"
	switch between, within := b.cluster.Ongoing(); {
	case between != "":
		return &cruisecontrol.RefusalError{
			Exception: exception, Message: "There are ongoing inter-broker partition movements: {" + between + "=...}",
		}
	case within != "":
		return &cruisecontrol.RefusalError{
			Exception: exception, Message: "There are ongoing intra-broker partition movements.",
		}
	}
	return nil
}

// propose empties the brokers that leave, and evens the others out where that is asked for: all of them, or those that
// are added, which alone get replicas then. Source: Cruise Control, GoalUtils.eligibleBrokers.
func (b *Balancer) propose(all bool, leaving, added []int32) ([]proposed, error) {
	held := b.held()
	var moves []proposed
	for _, p := range b.cluster.Partitions() {
		replicas := slices.Clone(p.Replicas)
		for _, from := range replicas {
			to := b.lightest(held, append(slices.Clone(replicas), leaving...))
			gone := slices.Contains(leaving, from)
			even := all
			if len(added) > 0 {
				to = b.lightest(held, append(slices.Clone(replicas), b.others(added)...))
				even = !slices.Contains(added, from)
			}
			switch {
			case gone && to < 0:
				return nil, &cruisecontrol.RefusalError{
					Exception: "com.linkedin.kafka.cruisecontrol.exception.OptimizationFailureException",
					Message:   fmt.Sprintf("[RackAwareGoal] no broker is left for a replica of %s-%d", p.Topic, p.Number),
				}
			case gone, even && to >= 0 && held[from] > held[to]+1:
				moves = append(moves, proposed{topic: p.Topic, number: p.Number, from: from, to: to})
				held[from], held[to] = held[from]-1, held[to]+1
				replicas[slices.Index(replicas, from)] = to
			}
		}
	}
	return moves, nil
}

// others are the live brokers that are not among some.
func (b *Balancer) others(some []int32) []int32 {
	return slices.DeleteFunc(b.cluster.Live(), func(id int32) bool { return slices.Contains(some, id) })
}

// lightest is the live broker with the fewest replicas, but for some; -1 for none.
func (b *Balancer) lightest(held map[int32]int, but []int32) int32 {
	candidates := slices.DeleteFunc(b.cluster.Live(), func(id int32) bool { return slices.Contains(but, id) })
	if len(candidates) == 0 {
		return -1
	}
	return slices.MinFunc(candidates, func(one, other int32) int {
		return cmp.Or(cmp.Compare(held[one], held[other]), cmp.Compare(one, other))
	})
}

// Advance moves one replica at a time. It can not go on when the broker that one is on its way to is gone. Source:
// Cruise Control, Executor.maybeMarkTaskAsDead.
func (b *Balancer) Advance(request cruisecontrol.Request) (done bool, err error) {
	if b.under != nil && b.under.under(b.cluster) {
		if !slices.Contains(b.cluster.Live(), b.under.to) {
			return false, fmt.Errorf("the new replica on broker %d is down", b.under.to)
		}
		return false, nil
	}
	if b.under != nil {
		b.under = nil
		b.moved++
	}
	reason := request.Parameters["reason"]
	if len(b.proposals[reason]) == 0 {
		return true, nil
	}
	next := b.proposals[reason][0]
	b.proposals[reason] = b.proposals[reason][1:]
	if next.begin(b.cluster) { // else it is no longer as it was
		b.under = &next
	}
	return false, nil
}

// Stop begins no more moves, and takes back the one between brokers that Kafka is making.
func (b *Balancer) Stop(request cruisecontrol.Request) {
	if b.under != nil && b.under.dir == "" {
		b.cluster.Unmove(b.under.topic, b.under.number)
	}
	b.Abandon(request)
}

// Abandon begins no more moves. What Kafka is moving goes on.
func (b *Balancer) Abandon(request cruisecontrol.Request) {
	delete(b.proposals, request.Parameters["reason"])
	b.under = nil
}
