package kubelet

import (
	"github.com/kompositor/kompositor/simulator/apiserver"
)

// Found is a Pod that is older than the world.
type Found struct {
	Run
	Ready bool
}

// Found takes over what is older than the world: every Pod, claim, Node and Deployment of the server that nothing is
// remembered of. A Pod stays as it was found, ready or not, until it is deleted. A bound claim has its volume, and an
// available Deployment stays so.
func (n *Nodes) Found() []Found {
	var found []Found
	for _, pod := range n.Server.List(podKind) {
		uid := apiserver.UID(pod)
		if n.pods[uid] != nil {
			continue
		}
		n.pods[uid] = &podState{
			stage: running, found: true, ready: podReady(pod), ip: apiserver.String(pod, "status", "podIP"), started: n.Now(),
		}
		run, _ := n.mountsOf(pod) // it has run, so everything is there, whether it was found or not
		found = append(found, Found{Run: run, Ready: podReady(pod) && !apiserver.Terminating(pod)})
	}
	for _, claim := range n.Server.List(claimKind) {
		if uid := apiserver.UID(claim); bound(claim) && n.volumes[uid] == nil {
			n.volumes[uid] = &volume{}
		}
	}
	for _, o := range n.Server.List(deploymentKind) {
		if apiserver.Int(o, "status", "availableReplicas") > 0 {
			n.deployments[apiserver.UID(o)] = &deployment{
				template: apiserver.Map(o, "spec", "template"), mounted: n.Now().Add(-serveAfter),
			}
		}
	}
	return found
}

// found says that a Pod is older than the world.
func (n *Nodes) found(pod apiserver.Object) bool {
	state := n.pods[apiserver.UID(pod)]
	return state != nil && state.found
}
