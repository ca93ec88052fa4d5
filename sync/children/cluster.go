package children

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/kompositor/kompositor/api/v1beta1"
)

// Cluster is what all children of one KafkaCluster share. NewCluster makes it, once for each call of the hook.
type Cluster struct {
	// Parent gives name, namespace, labels and spec. Its status is not read.
	Parent *v1beta1.KafkaCluster
	// ClusterID is Kafka's cluster id; empty in ZooKeeper mode, where Kafka chooses it.
	ClusterID string
	// Quorum is how the KRaft controllers find each other; not read in ZooKeeper mode.
	Quorum Quorum
	// Brokers are all nodes that are drawn, those that leave included, ascending by id.
	Brokers []Broker
	// SuperUsers are principals such as "User:CN=kafka-controller" that super.users must hold before the user's own.
	// Set it before the first broker is drawn.
	SuperUsers []string

	shared shared
}

// QuorumMode is how the voters of the KRaft quorum are known.
type QuorumMode string

const (
	// StaticQuorum lists the voters in every node's configuration (controller.quorum.voters, KIP-595). It is all that
	// Kafka before 3.9 knows, and what Koperator's clusters began with.
	StaticQuorum QuorumMode = "Static"
	// DynamicQuorum keeps the voters in the metadata log (KIP-853, Kafka 3.9 and newer).
	DynamicQuorum QuorumMode = "Dynamic"
)

// Quorum is how the KRaft controllers find each other and how a controller's empty disk is formatted.
type Quorum struct {
	// Mode; the zero value means StaticQuorum.
	Mode QuorumMode
	// Controllers are the ids in controller.quorum.voters (static) or controller.quorum.bootstrap.servers (dynamic);
	// nil means every drawn node of the controller role.
	Controllers []int32
	// Initial are the ids that a dynamic quorum begins with. It must be empty as soon as the quorum may exist: a
	// controller with an empty disk then joins as an observer instead of founding a second quorum of the same cluster
	// id.
	Initial []int32
}

// Dynamic says that the voters are kept in the metadata log.
func (q *Quorum) Dynamic() bool { return q.Mode == DynamicQuorum }

// Broker is one Kafka node to draw: what the spec says of it and what was decided for it.
type Broker struct {
	v1beta1.ResolvedBroker
	// Volumes are the disks that the Pod mounts, in the order of log.dirs: those of the spec, then those that still
	// leave.
	Volumes []Volume
	// Rack is broker.rack as derived from node labels; empty where rack awareness is off or the node is not known
	// yet. A broker.rack in the user's properties wins.
	Rack string
	// External maps the name of an external listener to the host:port that this broker advertises. A listener without
	// an address is not advertised.
	External map[string]string
}

// Volume is one disk of a broker.
type Volume struct {
	// MountPath identifies the disk; its log directory is <MountPath>/kafka.
	MountPath string
	// Claim is the name of the PersistentVolumeClaim; empty for an emptyDir.
	Claim string
	// ClaimSpec is the claim's spec as it is to be: for an observed claim what it has, grown where the spec asks for
	// more.
	ClaimSpec *corev1.PersistentVolumeClaimSpec
	// EmptyDir is set when Claim is empty.
	EmptyDir *corev1.EmptyDirVolumeSource
}

// NewCluster computes once what every broker needs. Brokers are to be in ascending order of id.
func NewCluster(parent *v1beta1.KafkaCluster, clusterID string, quorum Quorum, brokers []Broker) *Cluster {
	c := &Cluster{Parent: parent, ClusterID: clusterID, Quorum: quorum, Brokers: brokers}
	c.shared = newShared(c)
	return c
}

// kraft says that the cluster keeps its metadata in KRaft.
func (c *Cluster) kraft() bool { return c.Parent.Spec.KRaft }

// headless says that brokers have DNS names below a headless Service instead of Services of their own.
func (c *Cluster) headless() bool { return c.Parent.Spec.HeadlessServiceEnabled }

// controllers returns the drawn nodes of the controller role.
func (c *Cluster) controllers() []*Broker {
	var controllers []*Broker
	for i := range c.Brokers {
		if c.kraft() && c.Brokers[i].IsController() {
			controllers = append(controllers, &c.Brokers[i])
		}
	}
	return controllers
}

// quorumMembers returns the controllers that the configuration names.
func (c *Cluster) quorumMembers() []*Broker {
	members := c.controllers()
	if c.Quorum.Controllers == nil {
		return members
	}
	return slices.DeleteFunc(members, func(b *Broker) bool { return !slices.Contains(c.Quorum.Controllers, b.ID) })
}
