package brokers

import (
	"errors"
	"fmt"
	"slices"

	"github.com/kompositor/kompositor/simulator/apiserver"
)

// A log directory fails when the volume that it is on has failed or is full. The broker goes on while another one is
// left, and the failed one is offline until the broker is started with a volume that is whole: its replicas leave the
// ISRs, others lead. A node ends when the directory of its metadata log fails. Source: KIP-112, KIP-858; Kafka,
// ReplicationControlManager.handleDirectoriesOffline.

// DirAt is the log directory on the volume at a mount path.
func DirAt(mountPath string) string { return mountPath + "/kafka" }

// Fail breaks the volume of one log directory of a broker.
func (k *Kafka) Fail(cluster *Cluster, id int32, path string) error {
	for _, dir := range cluster.dirs[id] {
		if disk := k.disks[dir.disk]; dir.path == path && disk != nil {
			disk.failed = true
			return nil
		}
	}
	return fmt.Errorf("broker %d does not run with a log directory %s on a volume", id, path)
}

// Failed says that a log directory of a broker is offline.
func (c *Cluster) Failed(id int32, path string) bool {
	return slices.ContainsFunc(c.dirs[id], func(dir logDir) bool {
		return dir.path == path && slices.Contains(c.offline[id], dir.disk)
	})
}

// Repair makes failed volumes whole and empties full ones of what is not Kafka's. Whoever does that restarts the
// brokers that run without them.
func (k *Kafka) Repair() {
	for _, disk := range k.disks {
		disk.failed, disk.full = false, ""
	}
	for _, p := range k.processes {
		p.outlives = len(p.offline) > 0
	}
}

// broken says what is wrong with the volume of a log directory; nil when nothing is.
func (k *Kafka) broken(dir logDir) error {
	disk := k.disks[dir.disk]
	switch {
	case disk == nil:
		return nil
	case disk.failed:
		return fmt.Errorf("input/output error on the device of %s", dir.disk)
	case disk.full == "":
		return nil
	case disk.full != k.size(dir.disk):
		disk.full = ""
		return nil
	}
	return fmt.Errorf("no space left on the device of %s, which has %s", dir.disk, disk.full)
}

// works takes the log directories of a process offline that have failed, and says why it can not go on; nil when it
// can.
func (k *Kafka) works(p *process) error {
	if p.config == nil {
		return nil
	}
	if p.outlives {
		return errors.New("it is restarted because a volume of it was repaired")
	}
	for i, dir := range p.dirs {
		err := k.broken(dir)
		if err != nil && i == 0 {
			return err
		}
		if err != nil && !slices.Contains(p.offline, dir.disk) {
			p.offline = append(p.offline, dir.disk)
		}
	}
	return nil
}

// online are the log directories of a broker that are not offline.
func (c *Cluster) online(broker int32) []logDir {
	return slices.DeleteFunc(slices.Clone(c.dirs[broker]), func(dir logDir) bool {
		return slices.Contains(c.offline[broker], dir.disk)
	})
}

// serves says that a broker is live and its replica of a partition not offline.
func (c *Cluster) serves(p *Partition, broker int32) bool {
	return c.live[broker] && !slices.Contains(c.offline[broker], p.ends[broker].disk)
}

// size is the capacity of a claim's volume.
func (k *Kafka) size(uid string) string {
	for _, claim := range k.Server.List("PersistentVolumeClaim.v1") {
		if apiserver.UID(claim) == uid {
			capacity := apiserver.Capacity(claim)
			return capacity.String()
		}
	}
	return ""
}
