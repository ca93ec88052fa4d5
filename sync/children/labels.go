package children

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// The labels and annotations by which children are found again. They are Koperator's, so that a cluster changes hands
// without a restart.
const (
	// AppLabel is LabelValueKafka on everything that belongs to a Kafka node.
	AppLabel = "app"
	// ClusterLabel holds the name of the KafkaCluster.
	ClusterLabel = "kafka_cr"
	// BrokerIDLabel holds the broker's id.
	BrokerIDLabel = "brokerId"
	// IsBrokerLabel and IsControllerLabel are "true" or "false" on a Pod.
	IsBrokerLabel     = "isBrokerNode"
	IsControllerLabel = "isControllerNode"
	// ProcessRolesLabel holds a Pod's KRaft roles, sorted and joined by "_".
	ProcessRolesLabel = "processRoles"
	// ClaimRolesLabel holds the same on a PersistentVolumeClaim; in ZooKeeper mode it is "broker".
	ClaimRolesLabel = "pvcRoles"
	// MountPathAnnotation holds on a PersistentVolumeClaim where it is mounted: that identifies a broker's disk.
	MountPathAnnotation = "mountPath"

	// AppKafka is the value of AppLabel.
	AppKafka = "kafka"
	// appKafkaJMX is the value of AppLabel on the JMX exporter's configuration.
	appKafkaJMX = "kafka-jmx"
	// appCruiseControl and appCruiseControlJMX are those of Cruise Control.
	appCruiseControl    = "cruisecontrol"
	appCruiseControlJMX = "cruisecontrol-jmx"
)

// ClusterLabels are on every child of the cluster and select all its Pods.
func ClusterLabels(cluster string) map[string]string {
	return map[string]string{AppLabel: AppKafka, ClusterLabel: cluster}
}

// BrokerLabels are on every child of one broker and select its Pod.
func BrokerLabels(cluster string, id int32) map[string]string {
	return with(ClusterLabels(cluster), BrokerIDLabel, strconv.Itoa(int(id)))
}

// cruiseControlLabels are on Cruise Control's own children and select its Pod.
func cruiseControlLabels(cluster string) map[string]string {
	return map[string]string{AppLabel: appCruiseControl, ClusterLabel: cluster}
}

// podLabels are the labels of a broker's Pod: the user's, under ours.
func (c *Cluster) podLabels(b *Broker) map[string]string {
	const ours = 6
	labels := make(map[string]string, len(b.BrokerLabels)+ours)
	maps.Copy(labels, b.BrokerLabels)
	labels[AppLabel] = AppKafka
	labels[ClusterLabel] = c.Parent.Name
	labels[BrokerIDLabel] = strconv.Itoa(int(b.ID))
	labels[IsBrokerLabel] = strconv.FormatBool(b.IsBroker())
	labels[IsControllerLabel] = strconv.FormatBool(b.IsController())
	if c.kraft() {
		labels[ProcessRolesLabel] = joinedRoles(b)
	}
	return c.propagated(labels)
}

// propagated adds the KafkaCluster's own labels under those of a child, if the user asks for it.
func (c *Cluster) propagated(labels map[string]string) map[string]string {
	if c.Parent.Spec.PropagateLabels {
		return c.underParents(labels)
	}
	return labels
}

// underParents adds the KafkaCluster's own labels under those of a child.
func (c *Cluster) underParents(labels map[string]string) map[string]string {
	if len(c.Parent.Labels) == 0 {
		return labels
	}
	all := maps.Clone(c.Parent.Labels)
	maps.Copy(all, labels)
	return all
}

// joinedRoles are the sorted roles of a node, joined by "_".
func joinedRoles(b *Broker) string {
	roles := make([]string, len(b.Roles))
	for i, role := range b.Roles {
		roles[i] = string(role)
	}
	slices.Sort(roles)
	return strings.Join(roles, "_")
}

func with(labels map[string]string, key, value string) map[string]string {
	labels[key] = value
	return labels
}
