package brokers

import (
	"fmt"

	"github.com/kompositor/kompositor/simulator/apiserver"
)

// Fill writes the volumes of a broker full. A process that writes there ends, and can not start before there is room
// again: the volume has grown, or somebody has deleted something.
func (k *Kafka) Fill(cluster *Cluster, id int32) {
	for _, p := range k.sorted() {
		if p.cluster != cluster || p.other || p.id != id {
			continue
		}
		for _, dir := range p.dirs {
			if disk := k.disks[dir.disk]; disk != nil {
				disk.full = k.size(dir.disk)
			}
		}
	}
}

// MakeRoom empties full volumes of what is not Kafka's.
func (k *Kafka) MakeRoom() {
	for _, disk := range k.disks {
		disk.full = ""
	}
}

// room says why a process finds no room; nil when it does.
func (k *Kafka) room(p *process) error {
	if p.config == nil {
		return nil
	}
	for _, dir := range p.dirs {
		disk := k.disks[dir.disk]
		switch {
		case disk == nil || disk.full == "":
		case disk.full != k.size(dir.disk):
			disk.full = ""
		default:
			return fmt.Errorf("no space left on the device of %s, which has %s", dir.disk, disk.full)
		}
	}
	return nil
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
