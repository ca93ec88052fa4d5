package simulator

import (
	"strings"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/brokers"
)

// claimDeleted is the first law for volumes: a broker that stays has no replica on the disk, and everything that it has
// a replica of has a leader; one that leaves has no replica at all.
func (l *laws) claimDeleted(parent apiserver.Object, write *apiserver.Write) {
	l.looked(dataKept)
	cluster, id := l.kafkaOf(write.Old)
	claim := apiserver.UID(write.Old)
	switch {
	case cluster == nil || !l.world.Kafka.Formatted(claim):
	case !InSpec(parent, id) && l.holds(cluster, id):
		l.broken(dataKept, "%s is deleted and broker %d still holds replicas", write.Key, id)
	case InSpec(parent, id) && cluster.HeldOn(id, claim) > 0:
		l.broken(dataKept, "%s is deleted and holds %d replicas of broker %d", write.Key, cluster.HeldOn(id, claim), id)
	case InSpec(parent, id):
		for _, p := range l.partitions(cluster) {
			if p.Leader < 0 && p.On(id) {
				l.broken(dataKept, "%s is deleted and %s-%d of broker %d has no leader", write.Key, p.Topic, p.Partition, id)
			}
		}
	}
}

// configChanged is the first law for one disk: a log directory is taken out of a broker's configuration only when that
// is empty, or its user has given its claim up. What Kafka places there while the broker stops comes too late to be
// known, and keeps the claim.
func (l *laws) configChanged(write *apiserver.Write) {
	if write.Verb != apiserver.Updated || write.Key.Kind != "ConfigMap.v1" || !write.Changed() {
		return
	}
	cluster, id := l.kafkaOf(write.Old)
	if cluster == nil {
		return
	}
	before, dirs := logDirs(write.Old), logDirs(write.New)
	for path, claim := range cluster.Disks(id) {
		taken := contains(before, path) && !contains(dirs, path)
		if held := cluster.HeldOn(id, claim); held > 0 && taken && l.world.claimed(claim) {
			l.broken(dataKept, "broker %d is configured without %s, which holds %d replicas", id, path, held)
		}
	}
}

// logDirs are the log directories that a broker's ConfigMap has.
func logDirs(config apiserver.Object) []string {
	return strings.Split(brokers.Properties(apiserver.String(config, "data", "broker-config"))["log.dirs"], ",")
}

func contains(dirs []string, path string) bool {
	for _, dir := range dirs {
		if strings.TrimSpace(dir) == path {
			return true
		}
	}
	return false
}

// claimed says that a claim is there and that nobody deletes it.
func (w *World) claimed(uid string) bool {
	for _, claim := range w.Server.List(claimKind) {
		if apiserver.UID(claim) == uid {
			return !apiserver.Terminating(claim)
		}
	}
	return false
}
