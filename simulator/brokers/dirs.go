package brokers

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/sync"
)

// logDir is one of a broker's log directories, and what makes its data its own: the uid of the claim that it is on,
// else its Pod.
type logDir struct{ path, disk string }

// ofPod begins the disk of a log directory that is on no claim.
const ofPod = "pod "

// newLogDir is the log directory at a path on the volume of a claim; "" for none.
func newLogDir(path, claim string, pod apiserver.Object) logDir {
	return logDir{path, cmp.Or(claim, ofPod+apiserver.UID(pod))}
}

// carry is a replica on its way from one log directory of its broker to another one. Until it is there, both have it
// (KIP-113).
type carry struct {
	partition *Partition
	broker    int32
	to        string // disk
	left      int    // seconds
}

// carryTime is how many seconds a replica needs from one disk of its broker to another.
const carryTime = 2

// identity is what makes a node's metadata its own: the disk of the first of its log directories.
func (p *process) identity() string { return p.dirs[0].disk }

// runsWith notes the log directories that a broker runs with now. A replica that was in another one is placed anew, and
// empty.
func (c *Cluster) runsWith(p *process) {
	c.offline[p.id] = p.offline
	if !slices.Equal(c.dirs[p.id], p.dirs) {
		c.dirs[p.id] = p.dirs
		c.placeAnew(p.id)
	}
}

// placeAnew gives the replicas of a broker a place that are in none of its log directories.
func (c *Cluster) placeAnew(broker int32) {
	c.carries = slices.DeleteFunc(c.carries, func(m carry) bool { return m.broker == broker && !c.has(broker, m.to) })
	for _, p := range c.partitions {
		if slices.Contains(p.Replicas, broker) && !c.has(broker, p.ends[broker].disk) {
			p.ends[broker] = end{disk: c.emptiest(broker)}
		}
	}
}

// has says that a broker runs with a disk.
func (c *Cluster) has(broker int32, disk string) bool {
	return slices.ContainsFunc(c.dirs[broker], func(dir logDir) bool { return dir.disk == disk })
}

// emptiest is the disk of a broker with the fewest replicas, where Kafka places the next one. Source: Kafka,
// LogManager.nextLogDirs.
func (c *Cluster) emptiest(broker int32) string {
	dirs := c.online(broker)
	if len(dirs) == 0 {
		return ""
	}
	return slices.MinFunc(dirs, func(a, b logDir) int {
		return cmp.Compare(c.heldIn(broker, a.disk), c.heldIn(broker, b.disk))
	}).disk
}

// heldIn counts the replicas of a broker on one of its disks, those on their way to it included.
func (c *Cluster) heldIn(broker int32, disk string) int {
	held := 0
	for _, p := range c.partitions {
		if slices.Contains(p.Replicas, broker) && p.ends[broker].disk == disk {
			held++
		}
	}
	for _, m := range c.carries {
		if m.broker == broker && m.to == disk {
			held++
		}
	}
	return held
}

// HeldOn counts the replicas of a broker on the volume of a claim, by the claim's uid.
func (c *Cluster) HeldOn(broker int32, claim string) int { return c.heldIn(broker, claim) }

// Disks returns the claims' uids behind a broker's log directories, by path.
func (c *Cluster) Disks(broker int32) map[string]string {
	disks := map[string]string{}
	for _, dir := range c.dirs[broker] {
		disks[dir.path] = dir.disk
	}
	return disks
}

// LogDirs returns the paths of the log directories that a broker last ran with.
func (c *Cluster) LogDirs(broker int32) []string {
	var paths []string
	for _, dir := range c.dirs[broker] {
		paths = append(paths, dir.path)
	}
	return paths
}

// DirOf returns the path of the log directory that a broker's replica is in.
func (c *Cluster) DirOf(p *Partition, broker int32) string {
	for _, dir := range c.dirs[broker] {
		if dir.disk == p.ends[broker].disk {
			return dir.path
		}
	}
	return ""
}

// Carry begins to move a replica to another log directory of its broker, as AlterReplicaLogDirs does: a move that is
// under way ends, and where the replica is already nothing moves. Source: Kafka, ReplicaManager.alterReplicaLogDirs.
func (c *Cluster) Carry(topic string, number, broker int32, path string) error {
	dirs := c.online(broker)
	at := slices.IndexFunc(dirs, func(dir logDir) bool { return dir.path == path })
	for _, p := range c.partitionsOf(topic) {
		if p.Number != number || !slices.Contains(p.Replicas, broker) || !c.serves(p, broker) || at < 0 {
			continue
		}
		c.carries = slices.DeleteFunc(c.carries, func(m carry) bool { return m.partition == p && m.broker == broker })
		if to := dirs[at].disk; p.ends[broker].disk != to {
			c.carries = append(c.carries, carry{p, broker, to, carryTime})
		}
		return nil
	}
	return fmt.Errorf("broker %d has no replica of %s-%d, or no log directory %s", broker, topic, number, path)
}

// Carrying says that a replica is on its way between two log directories of its broker.
func (c *Cluster) Carrying(topic string, number, broker int32) bool {
	return slices.ContainsFunc(c.carries, func(m carry) bool {
		return m.partition.Topic == topic && m.partition.Number == number && m.broker == broker
	})
}

// finishCarries is one second of the replicas that are on their way between two disks of a live broker.
func (c *Cluster) finishCarries() {
	c.carries = slices.DeleteFunc(c.carries, func(m carry) bool { // it has left the broker meanwhile, or can not be moved
		offline := c.offline[m.broker]
		return !slices.Contains(m.partition.Replicas, m.broker) || slices.Contains(offline, m.to) ||
			slices.Contains(offline, m.partition.ends[m.broker].disk)
	})
	for i := range c.carries {
		if m := &c.carries[i]; c.live[m.broker] {
			m.left--
		}
	}
	c.carries = slices.DeleteFunc(c.carries, func(m carry) bool {
		if m.left > 0 {
			return false
		}
		m.partition.ends[m.broker] = end{disk: m.to, offset: m.partition.ends[m.broker].offset}
		return true
	})
}

// logDirs is the answer of brokers to DescribeLogDirs.
func (k *Kafka) logDirs(cluster *Cluster, asked []int32) sync.Fact[[]sync.BrokerLogDirs] {
	var all []sync.BrokerLogDirs
	for _, id := range asked {
		answer := sync.BrokerLogDirs{Broker: id, Unknown: fmt.Sprintf("broker %d does not answer", id)}
		for _, p := range k.sorted() {
			if p.cluster != cluster || p.other || p.id != id || !p.broker || p.fenced || !p.stopping.IsZero() {
				continue
			}
			answer.Unknown = ""
			for _, dir := range p.dirs {
				if slices.Contains(p.offline, dir.disk) {
					answer.Dirs = append(answer.Dirs, sync.LogDir{
						Path: dir.path, Error: "KAFKA_STORAGE_ERROR", TotalBytes: -1, UsableBytes: -1,
					})
					continue
				}
				answer.Dirs = append(answer.Dirs, sync.LogDir{
					Path: dir.path, TotalBytes: -1, UsableBytes: -1, Replicas: cluster.heldIn(id, dir.disk),
				})
			}
		}
		all = append(all, answer)
	}
	return sync.Known(all)
}
