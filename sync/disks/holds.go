package disks

import (
	"fmt"
	"slices"

	"github.com/kompositor/kompositor/sync"
)

// Holds says what Kafka needs of a broker's log directory, or that nobody knows; empty when Kafka itself reports no
// replica in it. Replicas that are being moved into it count (KIP-113). What Kafka does not list is not in use, and
// then every replica on the broker must be in sync: it is in another directory.
func Holds(kafka *sync.KafkaFacts, broker int32, dir string) string {
	dirs, why := dirsOf(kafka, broker)
	if why != "" {
		return fmt.Sprintf("what is in %s is not known: %s", dir, why)
	}
	at := slices.IndexFunc(dirs, func(d sync.LogDir) bool { return contains([]string{d.Path}, dir) })
	switch {
	case at < 0:
		return lags(kafka, broker, dir)
	case dirs[at].Error != "":
		return fmt.Sprintf("what is in %s is not known: Kafka reports it offline (%s)", dir, dirs[at].Error)
	case dirs[at].Replicas == 1:
		return fmt.Sprintf("%s holds 1 replica", dir)
	case dirs[at].Replicas > 1:
		return fmt.Sprintf("%s holds %d replicas", dir, dirs[at].Replicas)
	}
	return ""
}

// dirsOf are the log directories of a broker as it tells them itself, or why they are not known.
func dirsOf(kafka *sync.KafkaFacts, broker int32) (dirs []sync.LogDir, why string) {
	all, known := kafka.LogDirs.Get()
	if !known {
		return nil, kafka.LogDirs.Why()
	}
	at := slices.IndexFunc(all, func(d sync.BrokerLogDirs) bool { return d.Broker == broker })
	switch {
	case at < 0:
		return nil, "its broker was not asked"
	case all[at].Unknown != "":
		return nil, all[at].Unknown
	case len(all[at].Dirs) == 0:
		return nil, "its broker tells no log directory"
	}
	return all[at].Dirs, ""
}

// offline says that Kafka reports a log directory offline.
func offline(kafka *sync.KafkaFacts, broker int32, dir string) bool {
	dirs, _ := dirsOf(kafka, broker)
	return slices.ContainsFunc(dirs, func(d sync.LogDir) bool { return d.Error != "" && contains([]string{d.Path}, dir) })
}

// leaderless names a partition with a replica on a broker that has no leader: what was acknowledged of it may be on the
// disk that the broker lacks, and nowhere else. It is false when the partitions are not known.
func leaderless(kafka *sync.KafkaFacts, broker int32) (partition string, known bool) {
	partitions, known := kafka.Partitions.Get()
	for i := range partitions {
		if p := &partitions[i]; p.On(broker) && p.Leader < 0 {
			return fmt.Sprintf("%s-%d", p.Topic, p.Partition), known
		}
	}
	return "", known
}

// lags says that a replica on a broker is not in sync or has no leader, or that nobody knows: it might have been in a
// directory that the broker does not have any more.
func lags(kafka *sync.KafkaFacts, broker int32, dir string) string {
	partitions, known := kafka.Partitions.Get()
	if !known {
		return "whether the broker's replicas are in sync is not known: " + kafka.Partitions.Why()
	}
	if partition, _ := leaderless(kafka, broker); partition != "" {
		return fmt.Sprintf("the broker runs without %s and %s has no leader: list the disk again", dir, partition)
	}
	for i := range partitions {
		if p := &partitions[i]; p.On(broker) && !slices.Contains(p.ISR, broker) {
			return fmt.Sprintf("the broker runs without %s and its replica of %s-%d is not in sync", dir, p.Topic, p.Partition)
		}
	}
	return ""
}
