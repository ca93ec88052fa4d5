package kubelet

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/kompositor/kompositor/simulator/apiserver"
)

// stage is how far kubelet has come with a Pod.
type stage int

const (
	mounting stage = iota
	initializing
	running
	crashed  // waits for its next start
	finished // will not start again
)

// podState is what kubelet remembers of a Pod.
type podState struct {
	stage    stage
	initDone int
	restarts int64
	ready    bool
	// next is when a crashed Pod starts again.
	next time.Time
	// why is the reason that containers wait, message what ended them.
	why, message string
	lost         bool // the node took it down
	evicted      bool // by kubelet itself
	found        bool // it is older than the world
	stopping     bool
	hangs        time.Time // until when its end is not reported; zero until that is known
	ip           string
	started      time.Time
}

// shown is a state that a version of a Pod shows already.
type shown struct {
	podState
	version string
}

// run is kubelet's look at one Pod.
func (n *Nodes) run(pod apiserver.Object) {
	node := apiserver.String(pod, "spec", "nodeName")
	if node == "" {
		return
	}
	if _, down := n.down[node]; down {
		return
	}
	uid := apiserver.UID(pod)
	state := n.pods[uid]
	if state == nil {
		n.address++
		state = &podState{
			ip: fmt.Sprintf("10.0.%d.%d", n.address/250, n.address%250+1), started: n.Now(), why: "ContainerCreating",
		}
		n.pods[uid] = state
	}
	if state.lost {
		state.lost = false
		n.ended(pod, state, errors.New("the node went down"))
	}
	if apiserver.Terminating(pod) {
		n.terminate(pod, state)
		return
	}
	if state.found {
		return
	}
	n.advance(pod, state)
	n.podStatus(pod, state)
}

// advance takes a Pod one step further.
func (n *Nodes) advance(pod apiserver.Object, state *podState) {
	switch state.stage {
	case mounting:
		if state.why, state.message = n.blocked(pod); state.why == "" {
			state.stage, state.why = initializing, "PodInitializing"
			n.mounted(pod)
		}
	case initializing:
		if state.initDone < len(apiserver.List(pod, "spec", "initContainers")) {
			state.initDone++
			return
		}
		n.start(pod, state)
	case running:
		ready, ended := n.Workload.Check(apiserver.UID(pod))
		state.ready = ready && ended == nil
		if ended != nil {
			n.ended(pod, state, ended)
		}
	case crashed:
		if !n.Now().Before(state.next) {
			state.restarts++
			n.start(pod, state)
		}
	case finished:
	}
}

// start runs the containers on what is mounted at this moment.
func (n *Nodes) start(pod apiserver.Object, state *podState) {
	run, err := n.mounts(pod)
	if err == nil {
		err = n.Workload.Start(run)
	}
	state.stage, state.why, state.message = running, "", ""
	if err != nil {
		n.ended(pod, state, err)
	}
}

// ended is what kubelet does when the containers have ended by themselves.
func (n *Nodes) ended(pod apiserver.Object, state *podState, why error) {
	state.ready, state.message = false, why.Error()
	if state.stage == mounting || state.stage == initializing || state.stage == finished {
		return
	}
	if apiserver.String(pod, "spec", "restartPolicy") == "Never" {
		state.stage = finished
		return
	}
	const first, longest = 10 * time.Second, 300 * time.Second
	state.stage, state.why = crashed, "CrashLoopBackOff"
	state.next = n.Now().Add(min(first<<min(state.restarts, 5), longest))
}

// terminate stops the containers and takes the Pod away when they have ended or the grace period has.
func (n *Nodes) terminate(pod apiserver.Object, state *podState) {
	uid := apiserver.UID(pod)
	if state.stage == running {
		deadline, err := time.Parse(time.RFC3339, apiserver.String(pod, "metadata", "deletionTimestamp"))
		ended := n.Workload.Stop(uid)
		if !ended && err == nil && n.Now().Before(deadline) {
			if !state.stopping {
				state.stopping, state.ready = true, false
				n.podStatus(pod, state)
			}
			return
		}
		n.Workload.Kill(uid)
		state.stage = finished
	}
	if n.hanging(state) {
		return
	}
	err := n.Server.As("kubelet").Delete(apiserver.KeyOf(pod), apiserver.DeleteOptions{UID: uid, Now: true})
	if err == nil {
		delete(n.pods, uid)
	}
}

// Evict ends a Pod for the sake of its node: it has failed, and stays until somebody deletes it.
func (n *Nodes) Evict(pod apiserver.Object) {
	uid := apiserver.UID(pod)
	if state := n.pods[uid]; state != nil && state.stage == running && !apiserver.Terminating(pod) {
		n.Workload.Kill(uid)
		state.stage, state.ready, state.evicted = finished, false, true
		state.message = "The node was low on resource: memory."
	}
}

// hanging says that kubelet does not come to report the end of a Pod.
func (n *Nodes) hanging(state *podState) bool {
	if state.hangs.IsZero() {
		state.hangs = n.Now()
		if n.Hang != nil {
			state.hangs = n.Now().Add(n.Hang())
		}
	}
	return n.Now().Before(state.hangs)
}

// Crash ends the containers of a Pod that runs.
func (n *Nodes) Crash(pod apiserver.Object) {
	uid := apiserver.UID(pod)
	if state := n.pods[uid]; state != nil && state.stage == running {
		n.Workload.Kill(uid)
		n.ended(pod, state, errors.New("killed"))
	}
}

// forget drops the state of Pods that are gone, however they went.
func (n *Nodes) forget() {
	alive := map[string]bool{}
	for _, pod := range n.Server.List(podKind) {
		alive[apiserver.UID(pod)] = true
	}
	for uid := range n.pods {
		if !alive[uid] {
			n.Workload.Kill(uid)
			delete(n.pods, uid)
		}
	}
}

// blocked says why a Pod's volumes can not be mounted yet; empty when they can.
func (n *Nodes) blocked(pod apiserver.Object) (why, message string) {
	namespace := apiserver.Namespace(pod)
	for _, name := range apiserver.ClaimsOf(pod) {
		claim, ok := n.Server.Get(apiserver.Key{Kind: claimKind, Namespace: namespace, Name: name})
		if !ok || !bound(claim) {
			return "ContainerCreating", fmt.Sprintf("claim %s is not bound", name)
		}
		if holder := n.holder(pod, name); holder != "" {
			return "ContainerCreating", fmt.Sprintf("Multi-Attach error: claim %s is used by pod %s elsewhere", name, holder)
		}
	}
	if _, err := n.mounts(pod); err != nil {
		return "ContainerCreating", err.Error()
	}
	return "", ""
}

// holder returns the Pod on another node that has mounted a claim, or "".
func (n *Nodes) holder(pod apiserver.Object, claim string) string {
	for _, other := range n.Server.List(podKind) {
		node := apiserver.String(other, "spec", "nodeName")
		if node == "" || node == apiserver.String(pod, "spec", "nodeName") || apiserver.UID(other) == apiserver.UID(pod) ||
			apiserver.Namespace(other) != apiserver.Namespace(pod) {
			continue
		}
		if state := n.pods[apiserver.UID(other)]; state == nil || state.stage == mounting {
			continue
		}
		if slices.Contains(apiserver.ClaimsOf(other), claim) {
			return apiserver.Name(other)
		}
	}
	return ""
}
