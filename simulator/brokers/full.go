package brokers

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
