package kubelet

import (
	"fmt"
	"slices"
	"time"

	"github.com/kompositor/kompositor/simulator/apiserver"
)

// schedule gives every Pod without a node the fitting node that has the fewest Pods.
func (n *Nodes) schedule() {
	for _, pod := range n.Server.List(podKind) {
		if apiserver.String(pod, "spec", "nodeName") != "" || apiserver.Terminating(pod) || n.found(pod) {
			continue
		}
		node, why := n.choose(pod)
		if node == "" {
			n.unschedulable(pod, why)
			continue
		}
		if err := n.Server.As("scheduler").Bind(apiserver.KeyOf(pod), node); err != nil {
			panic(fmt.Sprintf("bind %s: %v", apiserver.KeyOf(pod), err)) // read just now; nothing else runs meanwhile
		}
		n.selectNode(pod, node)
	}
}

// choose returns the node for a Pod, or why there is none.
func (n *Nodes) choose(pod apiserver.Object) (name, why string) {
	for _, claimName := range apiserver.ClaimsOf(pod) {
		claim, ok := n.Server.Get(apiserver.Key{
			Kind: claimKind, Namespace: apiserver.Namespace(pod), Name: claimName,
		})
		if !ok {
			return "", fmt.Sprintf("persistentvolumeclaim %q not found", claimName)
		}
		if apiserver.Terminating(claim) {
			return "", fmt.Sprintf("persistentvolumeclaim %q is being deleted", claimName)
		}
		if !n.bindable(claim) {
			return "", "pod has unbound immediate PersistentVolumeClaims"
		}
	}
	nodes := n.Server.List(nodeKind)
	best, fewest := "", 0
	for _, node := range nodes {
		if !n.AnyNode && !n.fits(pod, node) {
			continue
		}
		candidate := apiserver.Name(node)
		if load := n.load(candidate); best == "" || load < fewest {
			best, fewest = candidate, load
		}
	}
	if best == "" {
		return "", fmt.Sprintf("0/%d nodes are available: they are not ready or do not match the Pod's affinity, selector "+
			"or volumes", len(nodes))
	}
	return best, ""
}

// load counts the Pods on a node.
func (n *Nodes) load(node string) int {
	count := 0
	for _, pod := range n.Server.List(podKind) {
		if apiserver.String(pod, "spec", "nodeName") == node {
			count++
		}
	}
	return count
}

// fits says whether a Pod may run on a node.
func (n *Nodes) fits(pod, node apiserver.Object) bool {
	name := apiserver.Name(node)
	if _, down := n.down[name]; down || apiserver.Bool(node, "spec", "unschedulable") {
		return false
	}
	for label, text := range apiserver.Map(pod, "spec", "nodeSelector") {
		if apiserver.Label(node, label) != text {
			return false
		}
	}
	terms := apiserver.List(pod, "spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution",
		"nodeSelectorTerms")
	fits := len(terms) == 0
	for _, term := range terms {
		fits = fits || expressionsMatch(apiserver.List(term, "matchExpressions"), node)
	}
	for _, claim := range apiserver.ClaimsOf(pod) {
		pinned := n.pinned(apiserver.Namespace(pod), claim)
		fits = fits && (pinned == "" || pinned == name)
	}
	return fits && n.alone(pod, node)
}

// alone says that no Pod stands against this one on the node, by required anti-affinity.
func (n *Nodes) alone(pod, node apiserver.Object) bool {
	terms := apiserver.List(pod, "spec", "affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
	if len(terms) == 0 {
		return true
	}
	for _, other := range n.Server.List(podKind) {
		host, ok := n.Server.Get(apiserver.Key{Kind: nodeKind, Name: apiserver.String(other, "spec", "nodeName")})
		if !ok || apiserver.UID(other) == apiserver.UID(pod) ||
			apiserver.Namespace(other) != apiserver.Namespace(pod) {
			continue
		}
		for _, term := range terms {
			key := apiserver.String(term, "topologyKey")
			same := apiserver.Label(host, key) == apiserver.Label(node, key)
			if same && selected(apiserver.Map(term, "labelSelector"), other) {
				return false
			}
		}
	}
	return true
}

// selected says that a label selector selects an object.
func selected(selector, o apiserver.Object) bool {
	for label, text := range apiserver.Map(selector, "matchLabels") {
		if apiserver.Label(o, label) != text {
			return false
		}
	}
	return expressionsMatch(apiserver.List(selector, "matchExpressions"), o)
}

// expressionsMatch evaluates the requirements of a label or node selector.
func expressionsMatch(expressions []apiserver.Object, o apiserver.Object) bool {
	for _, expression := range expressions {
		value, has := apiserver.Map(o, "metadata", "labels")[apiserver.String(expression, "key")].(string)
		in := has && slices.Contains(apiserver.Strings(expression, "values"), value)
		ok := false
		switch apiserver.String(expression, "operator") {
		case "In":
			ok = in
		case "NotIn":
			ok = !in
		case "Exists":
			ok = has
		case "DoesNotExist":
			ok = !has
		}
		if !ok {
			return false
		}
	}
	return true
}

// unschedulable writes the scheduler's words into the Pod, once.
func (n *Nodes) unschedulable(pod apiserver.Object, why string) {
	for _, condition := range apiserver.List(pod, "status", "conditions") {
		if apiserver.String(condition, "type") == "PodScheduled" && apiserver.String(condition, "message") == why {
			return
		}
	}
	n.writeStatus("scheduler", pod, apiserver.Object{
		"phase": "Pending",
		"conditions": []any{apiserver.Object{
			"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": why,
			"lastTransitionTime": n.Now().UTC().Format(time.RFC3339),
		}},
	})
}
