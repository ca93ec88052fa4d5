package simulator

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/apply"
	"github.com/kompositor/kompositor/simulator/brokers"
	"github.com/kompositor/kompositor/simulator/identity"
	"github.com/kompositor/kompositor/simulator/metacontroller"
	"github.com/kompositor/kompositor/sync"
)

// What is let go by our choice is judged by the world as it is, with three exceptions, because nobody can know better.
// Where the weather had Kafka tell the service of a moment that is past, it is judged by what was told. A broker that
// died counts as serving for as long as Kafka's controller has not noticed, broker.session.timeout.ms at the most. And
// a Pod that others took away counts as ready while Metacontroller has not heard of it.

// holds says that a broker holds replicas.
func (l *laws) holds(cluster *brokers.Cluster, id int32) bool {
	return cluster.Holds(id) && slices.ContainsFunc(l.partitions(cluster), func(p sync.Partition) bool { return p.On(id) })
}

// partitions are those of the world, or of a moment that the service was told of.
func (l *laws) partitions(cluster *brokers.Cluster) []sync.Partition {
	if told := l.world.told; told != nil {
		if partitions, known := told.Partitions.Get(); known {
			return partitions
		}
	}
	return cluster.Describe()
}

// podDeleted checks a Pod's deletion by our choice; gone are the brokers that the same pass has deleted already.
func (l *laws) podDeleted(call *metacontroller.Call, write *apiserver.Write, gone map[string]bool) {
	parent := call.Parent
	cluster, id := l.kafkaOf(write.Old)
	if cluster == nil {
		return
	}
	l.looked(dataKept)
	// A Pod that has failed is replaced: only a broker that runs can be emptied.
	ended := apiserver.String(write.Old, "status", "phase") == "Failed"
	if !InSpec(parent, id) && !ended && l.holds(cluster, id) {
		l.broken(dataKept, "%s leaves and broker %d still holds replicas", write.Key, id)
	}
	if PodReady(write.Old) && (InSpec(parent, id) || cluster.Holds(id)) { // an empty one that goes is not missed
		l.looked(unavailable)
		others := slices.DeleteFunc(l.othersDown(parent, write.Old, gone), func(other int32) bool {
			return l.unheard(call, identity.Cluster(write.Old)+"/"+strconv.Itoa(int(other)))
		})
		if len(others) > 0 && !l.allowed(parent, cluster, append(others, id)) {
			l.broken(unavailable, "%s is deleted while the brokers %v are down", write.Key, others)
		}
	}
	live := func(broker int32) bool { return l.serves(cluster, broker) && !gone[strconv.Itoa(int(broker))] }
	stops := l.world.Kafka.Serves(cluster, id) // else nothing is taken away that was there
	if !stops && !slices.Contains(l.world.Kafka.Controllers(cluster), id) {
		return
	}
	l.looked(partitionsUp)
	for _, p := range l.partitions(cluster) {
		if !slices.Contains(p.ISR, id) || !stops {
			continue
		}
		left := slices.DeleteFunc(slices.Clone(p.ISR), func(other int32) bool { return other == id || !live(other) })
		if needed := leastInSync(parent, &p); len(left) < needed {
			l.broken(partitionsUp, "%s is deleted: of %s-%d only %v stay in sync, %d are needed",
				write.Key, p.Topic, p.Partition, left, needed)
			break
		}
	}
	l.quorum(cluster, parent, write, gone)
}

// serves says that a broker serves, as far as the service could know.
func (l *laws) serves(cluster *brokers.Cluster, id int32) bool {
	if l.world.told == nil {
		return l.world.Kafka.Serves(cluster, id) || l.world.Kafka.Unnoticed(cluster, id)
	}
	return slices.ContainsFunc(l.world.Server.List(podKind), func(pod apiserver.Object) bool {
		own, broker := l.kafkaOf(pod)
		return own == cluster && broker == id && PodReady(pod)
	})
}

// Accepts says that the user accepts what no order of restarts could protect (docs/adr/0016).
func Accepts(parent apiserver.Object) bool {
	return apiserver.String(parent, "metadata", "annotations", "kompositor.io/accept-unavailability") == "true"
}

// leastInSync is how many replicas of a partition must stay in sync.
func leastInSync(parent apiserver.Object, p *sync.Partition) int {
	least := max(p.MinISR, 1)
	if len(p.Replicas) <= least && Accepts(parent) {
		return len(p.Replicas) - 1
	}
	return least
}

// quorum is the third law.
func (l *laws) quorum(
	cluster *brokers.Cluster, parent apiserver.Object, write *apiserver.Write, gone map[string]bool,
) {
	_, id := l.kafkaOf(write.Old)
	voters := cluster.Voters()
	if !slices.Contains(voters, id) || cluster.Leader() < 0 {
		return
	}
	l.looked(quorumKept)
	needed := len(voters)/2 + 1
	if len(voters)-1 < needed && Accepts(parent) {
		needed = len(voters) - 1
	}
	running := l.world.Kafka.Voting(cluster)
	if l.world.told != nil {
		running = slices.DeleteFunc(slices.Clone(voters), func(voter int32) bool { return !l.serves(cluster, voter) })
	}
	left := slices.DeleteFunc(voters, func(voter int32) bool {
		return voter == id || gone[strconv.Itoa(int(voter))] || !slices.Contains(running, voter)
	})
	if len(left) < needed {
		l.broken(quorumKept, "%s is deleted: of the voters only %v stay, %d are needed", write.Key, left, needed)
	}
}

// othersDown returns the other brokers of a Pod's cluster that were ready once and are not now.
func (l *laws) othersDown(parent, pod apiserver.Object, gone map[string]bool) []int32 {
	var down []int32
	ready := map[string]bool{}
	for _, other := range l.world.Server.List(podKind) {
		if identity.Cluster(other) == identity.Cluster(pod) && PodReady(other) {
			ready[identity.Broker(other)] = true
		}
	}
	for name := range l.wasReady {
		id, ours := strings.CutPrefix(name, identity.Cluster(pod)+"/")
		if !ours || id == identity.Broker(pod) {
			continue
		}
		if number, err := strconv.ParseInt(id, 10, 32); (!ready[id] || gone[id]) && err == nil &&
			InSpec(parent, int32(number)) {
			down = append(down, int32(number))
		}
	}
	slices.Sort(down)
	return down
}

// unheard says that a broker is down, not by our choice, and that the call tells of a Pod of it that is ready.
func (l *laws) unheard(call *metacontroller.Call, broker string) bool {
	if l.letGo[broker] {
		return false
	}
	told, err := apply.Decode(call.Request.Whole())
	if err != nil {
		return false
	}
	for _, pod := range apiserver.Map(told, "children", podKind) {
		if pod, ok := pod.(apiserver.Object); ok && brokerOf(pod) == broker && PodReady(pod) {
			return true
		}
	}
	return false
}

// brokerOf is a Pod's broker, as namespace/name/id.
func brokerOf(pod apiserver.Object) string {
	return identity.Cluster(pod) + "/" + identity.Broker(pod)
}

// allowed says that the user allows these brokers to be down together: as many, of one rack, and no controller.
func (l *laws) allowed(parent apiserver.Object, cluster *brokers.Cluster, down []int32) bool {
	most := apiserver.Int(parent, "spec", "rollingUpgradeConfig", "concurrentBrokerRestartCountPerRack")
	rack := cluster.Rack(down[0])
	for _, id := range down {
		if rack == "" || cluster.Rack(id) != rack || slices.Contains(cluster.Voters(), id) {
			return false
		}
	}
	return len(down) <= int(most)
}

// InSpec says that a parent's spec has a broker of that id.
func InSpec(parent apiserver.Object, id int32) bool {
	return slices.ContainsFunc(apiserver.List(parent, "spec", "brokers"), func(broker apiserver.Object) bool {
		return apiserver.Int(broker, "id") == int64(id)
	})
}
