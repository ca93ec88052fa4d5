package seeds

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kompositor/kompositor/simulator"
	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/brokers"
	"github.com/kompositor/kompositor/simulator/identity"
)

// least is the number of voters of which one may be missed.
const least = 3

// kafkaOf is the Kafka of the world's cluster, nil where none has ever run.
func kafkaOf(w *simulator.World) *brokers.Cluster {
	return w.Kafka.Cluster(apiserver.KeyOf(w.Parent()).NamespacedName())
}

// keepsData says that a broker that left the spec holds replicas: without Cruise Control that is where its story
// ends.
func keepsData(w *simulator.World) bool {
	cluster := kafkaOf(w)
	return cluster != nil && slices.ContainsFunc(w.BrokerIDs(), func(id int) bool {
		return !simulator.InSpec(w.Parent(), int32(id)) && cluster.Holds(int32(id))
	})
}

// leavingAndLive says that a Pod's broker has left the spec and is live. As a controller it may have lost its vote with
// its disk, and is not ready then.
func leavingAndLive(w *simulator.World, pod apiserver.Object) bool {
	id, err := strconv.ParseInt(identity.Broker(pod), 10, 32)
	cluster := kafkaOf(w)
	return err == nil && cluster != nil && !simulator.InSpec(w.Parent(), int32(id)) &&
		slices.Contains(cluster.Live(), int32(id))
}

// stuck says that the cluster's status names a Pod's broker as one that waits for a node.
func stuck(w *simulator.World, pod apiserver.Object) bool {
	return strings.Contains(waitingFor(w, pod), "Unschedulable")
}

// waitingFor is what the cluster's status says that the broker of a Pod or claim waits for.
func waitingFor(w *simulator.World, of apiserver.Object) string {
	return apiserver.String(w.Parent(), "status", "brokersState", identity.Broker(of), "waitingFor")
}

// givesUp says that the claim of a disk that is used is deleted, and that the status says so.
func givesUp(w *simulator.World) bool {
	return slices.ContainsFunc(w.Server.List(claimKind), func(claim apiserver.Object) bool {
		return apiserver.Terminating(claim) && strings.Contains(waitingFor(w, claim), apiserver.Name(claim)+" is deleted")
	})
}

// diskless says that the spec lists a broker without a disk.
func diskless(w *simulator.World) bool {
	return slices.ContainsFunc(apiserver.List(w.Parent(), "spec", "brokers"), func(broker apiserver.Object) bool {
		group := apiserver.String(broker, "brokerConfigGroup")
		return len(apiserver.List(broker, "brokerConfig", "storageConfigs"))+
			len(apiserver.List(w.Parent(), "spec", "brokerConfigGroups", group, "storageConfigs")) == 0
	})
}

// failed says that a disk of a broker has failed.
func failed(w *simulator.World, broker, path string) bool {
	cluster := kafkaOf(w)
	id, err := strconv.ParseInt(broker, 10, 32)
	return err == nil && cluster != nil && cluster.Failed(int32(id), brokers.DirAt(path))
}

// unprotected says that the cluster has a partition or a quorum that no order of restarts can protect, and that its
// user does not accept that (docs/adr/0016).
func unprotected(w *simulator.World) bool {
	cluster := kafkaOf(w)
	if cluster == nil || simulator.Accepts(w.Parent()) {
		return false
	}
	return len(cluster.Voters()) < least || slices.ContainsFunc(cluster.Partitions(), func(p *brokers.Partition) bool {
		return len(p.Replicas) <= max(p.MinISR, 1)
	})
}

// hollow says that a disk was thrown away and Kafka's controller has not taken its replicas out of the ISRs yet. Where
// the quorum is lost in these seconds they stay there, and without KIP-966 an empty replica may lead.
func hollow(w *simulator.World) bool {
	goes := func(claim apiserver.Object) bool {
		pod, _ := w.PodOf(identity.Broker(claim))
		return apiserver.Terminating(claim) && apiserver.Terminating(pod)
	}
	cluster := kafkaOf(w)
	return cluster != nil && (cluster.Hollow() || slices.ContainsFunc(w.Server.List(claimKind), goes))
}

// unreadable says that the spec asks for an image that can not read the cluster's metadata any more.
func unreadable(w *simulator.World) bool {
	cluster := kafkaOf(w)
	return cluster != nil && !cluster.Reads(apiserver.String(w.Parent(), "spec", "clusterImage"))
}

// outdated says that a Pod's broker has left the spec, and that its image can not read the cluster's metadata: it was
// away when the others were founded with a newer one. Its user lists it again, and it gets the image that they run.
func outdated(w *simulator.World, pod apiserver.Object) bool {
	id, err := strconv.ParseInt(identity.Broker(pod), 10, 32)
	cluster := kafkaOf(w)
	return err == nil && cluster != nil && !simulator.InSpec(w.Parent(), int32(id)) && !cluster.Reads(imageOf(pod))
}

func imageOf(pod apiserver.Object) string {
	return apiserver.String(apiserver.List(pod, "spec", "containers")[0], "image")
}

// spares says that the loss of a broker's disks loses no record and no vote that the quorum needs: every partition has
// another replica that is in sync and serves, and every other voter is up, on the disk that it votes with.
func spares(w *simulator.World, broker string) bool {
	cluster := kafkaOf(w)
	number, err := strconv.ParseInt(broker, 10, 32)
	if err != nil || cluster == nil {
		return false
	}
	id := int32(number)
	for _, p := range cluster.Partitions() {
		other := func(replica int32) bool { return replica != id && w.Kafka.Serves(cluster, replica) }
		if !slices.ContainsFunc(p.ISR, other) {
			return false
		}
	}
	up := w.Kafka.Voting(cluster)
	for _, voter := range cluster.Voters() {
		if voter != id && !slices.Contains(up, voter) {
			return false
		}
	}
	return !slices.Contains(cluster.Voters(), id) || len(cluster.Voters()) >= least
}
