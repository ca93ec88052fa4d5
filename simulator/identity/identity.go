package identity

import (
	"strings"

	"github.com/kompositor/kompositor/simulator/apiserver"
)

// The labels that anybody can edit.
const clusterLabel, brokerLabel = "kafka_cr", "brokerId"

// Cluster is an object's cluster, as namespace/name.
func Cluster(o apiserver.Object) string { return apiserver.Namespace(o) + "/" + name(o) }

// Broker is the id of an object's broker as it is written; empty for an object of no broker.
func Broker(o apiserver.Object) string {
	rest, ours := strings.CutPrefix(apiserver.Name(o), name(o)+"-")
	id, _, _ := strings.Cut(strings.TrimPrefix(rest, "config-"), "-")
	if ours && id != "" && strings.Trim(id, "0123456789") == "" {
		return id
	}
	return apiserver.Label(o, brokerLabel)
}

// name is that of an object's cluster.
func name(o apiserver.Object) string {
	for _, owner := range apiserver.List(o, "metadata", "ownerReferences") {
		if apiserver.Bool(owner, "controller") && apiserver.String(owner, "kind") == "KafkaCluster" {
			return apiserver.String(owner, "name")
		}
	}
	return apiserver.Label(o, clusterLabel)
}
