package rack

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kompositor/kompositor/sync"
)

// Key is the key of Kafka's configuration.
const Key = "broker.rack"

// Set says that the user's own configuration has a rack.
func Set(readOnly map[string]string) bool { return readOnly[Key] != "" }

// Of joins the values of a node's labels, in their order. The rule is Koperator's.
func Of(labels map[string]string, keys []string) string {
	var values []string
	for _, key := range keys {
		if value := labels[key]; value != "" {
			values = append(values, value)
		}
	}
	slices.Sort(values)
	return strings.Join(values, ",")
}

// OfPod is the rack that a Pod's own labels tell, where Kubernetes copies those of its node to it (KEP-4742); empty
// when it lacks one of them.
func OfPod(pod *sync.Pod, keys []string) string {
	if pod == nil || !pod.Scheduled() {
		return ""
	}
	for _, key := range keys {
		if pod.Labels[key] == "" {
			return ""
		}
	}
	return Of(pod.Labels, keys)
}

// Awaited says what the rack of a broker waits for whose Pod is on a node; empty when the Pod has none.
func Awaited(node string, nodes sync.Fact[[]sync.NodeLabels], keys []string) string {
	switch _, known := nodes.Get(); {
	case node == "":
		return "its Pod has no node yet, and so the broker has no rack"
	case !known:
		return fmt.Sprintf("the labels of node %s are not known: %s", node, nodes.Why())
	}
	return fmt.Sprintf(
		"node %s has none of the labels that rackAwareness names (%s): label the node, or set broker.rack in "+
			"the broker's readOnlyConfig",
		node, strings.Join(keys, ", "),
	)
}
