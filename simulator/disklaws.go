package simulator

import "github.com/kompositor/kompositor/simulator/apiserver"

// abandoned is the first law for one disk: a broker is started without a log directory only when that holds nothing.
func (l *laws) abandoned() {
	all := l.world.Kafka.Abandoned
	for ; l.left < len(all); l.left++ {
		l.broken(dataKept, "%s", all[l.left])
	}
}

// claimDeleted is the first law for volumes: a broker that stays has no replica on the disk, one that leaves has none.
func (l *laws) claimDeleted(parent apiserver.Object, write *apiserver.Write) {
	cluster, id := l.kafkaOf(write.Old)
	claim := apiserver.UID(write.Old)
	switch {
	case cluster == nil || !l.world.Kafka.Formatted(claim):
	case !inSpec(parent, id) && cluster.Holds(id):
		l.broken(dataKept, "%s is deleted and broker %d still holds replicas", write.Key, id)
	case cluster.HeldOn(id, claim) > 0:
		l.broken(dataKept, "%s is deleted and holds %d replicas of broker %d", write.Key, cluster.HeldOn(id, claim), id)
	case inSpec(parent, id):
		for _, p := range cluster.Partitions() {
			if p.Leader < 0 && p.On(id) {
				l.broken(dataKept, "%s is deleted and %s-%d of broker %d has no leader", write.Key, p.Topic, p.Number, id)
			}
		}
	}
}
