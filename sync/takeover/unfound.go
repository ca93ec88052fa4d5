package takeover

import (
	"fmt"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
)

// label is how Metacontroller finds the children of a parent. Source: Metacontroller, generateSelector.
const label = "controller-uid"

// Begins says that nothing was decided for the cluster yet. Whatever of it goes away after that is known to be gone.
func Begins(cluster *v1beta1.KafkaCluster) bool {
	return meta.FindStatusCondition(cluster.Status.Conditions, string(sync.BrokersReady)) == nil
}

// Unfound says in a clause which objects of a cluster that is taken over are there and were not found, and how they
// will be; empty when none is missing. Made a second time, a broker would start beside itself, or on an empty disk.
func Unfound(cluster *v1beta1.KafkaCluster, brokers []Broker) string {
	first, more := "", 0
	for i := range brokers {
		missing := brokers[i].missing()
		switch {
		case missing == "":
		case first == "":
			first = missing
		default:
			more++
		}
	}
	if first == "" {
		return ""
	}
	if more > 0 {
		first += fmt.Sprintf(", and so it is with %d more", more)
	}
	return fmt.Sprintf("%s: give all that Koperator has made for this cluster the label %s=%s (docs/takeover.md)",
		first, label, cluster.UID)
}
