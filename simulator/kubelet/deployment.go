package kubelet

import (
	"time"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/apply"
)

const deploymentKind = "Deployment.apps/v1"

// serveAfter is how long the Pod of a Deployment takes from its volumes being there to its readiness.
const serveAfter = 5 * time.Second

// deployment is what is remembered of a Deployment: its Pods are not made, they only become ready.
type deployment struct {
	template apiserver.Object
	// mounted is when what its Pod mounts was there; zero until then.
	mounted time.Time
}

// deploy is the Deployment controller, and kubelet for the Pods of Deployments.
func (n *Nodes) deploy() {
	alive := map[string]bool{}
	for _, o := range n.Server.List(deploymentKind) {
		uid, template := apiserver.UID(o), apiserver.Map(o, "spec", "template")
		alive[uid] = true
		if apiserver.Terminating(o) {
			continue
		}
		state := n.deployments[uid]
		if state == nil || !apply.Equal(state.template, template) {
			state = &deployment{template: template}
			n.deployments[uid] = state
		}
		if _, err := n.mounts(apiserver.Object{"metadata": o["metadata"], "spec": template["spec"]}); err != nil {
			if state.mounted.IsZero() {
				n.deploymentStatus(o, 0)
				continue
			}
		} else if state.mounted.IsZero() {
			state.mounted = n.Now()
		}
		ready := int64(0)
		if n.Now().Sub(state.mounted) >= serveAfter {
			ready = 1
		}
		n.deploymentStatus(o, ready)
	}
	for uid := range n.deployments {
		if !alive[uid] {
			delete(n.deployments, uid)
		}
	}
}

// deploymentStatus writes the status where it has changed.
func (n *Nodes) deploymentStatus(o apiserver.Object, ready int64) {
	available := map[int64]string{0: "False", 1: "True"}[ready]
	status := apiserver.Object{
		"observedGeneration": apiserver.Int(o, "metadata", "generation"), "replicas": int64(1), "updatedReplicas": int64(1),
		"conditions": []any{apiserver.Object{
			"type": "Available", "status": available, "reason": "MinimumReplicas", "message": "",
			"lastTransitionTime": n.Now().UTC().Format(time.RFC3339), "lastUpdateTime": n.Now().UTC().Format(time.RFC3339),
		}},
	}
	if ready > 0 {
		status["readyReplicas"], status["availableReplicas"] = ready, ready
	} else {
		status["unavailableReplicas"] = int64(1)
	}
	was := apiserver.Map(o, "status")
	if apiserver.Int(was, "observedGeneration") == status["observedGeneration"] &&
		apiserver.Int(was, "availableReplicas") == ready {
		return
	}
	n.writeStatus("deployment controller", o, status)
}
