package kubelet

import (
	"time"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/apply"
)

// podStatus writes a Pod's status if it changed.
func (n *Nodes) podStatus(pod apiserver.Object, state *podState) {
	uid, now := apiserver.UID(pod), shown{*state, apiserver.String(pod, "metadata", "resourceVersion")}
	if n.shown[uid] == now {
		return
	}
	n.shown[uid] = now // what it writes makes another version, which is compared once
	phase := "Pending"
	switch state.stage {
	case running, crashed:
		phase = "Running"
	case finished:
		phase = "Failed"
	case mounting, initializing:
	}
	initialized := state.stage != mounting && state.stage != initializing
	status := apiserver.Object{
		"phase": phase, "podIP": state.ip, "podIPs": []any{apiserver.Object{"ip": state.ip}},
		"hostIP":    n.hostIP(apiserver.String(pod, "spec", "nodeName")),
		"startTime": state.started.UTC().Format(time.RFC3339),
		"conditions": []any{
			n.condition(pod, "PodScheduled", true), n.condition(pod, "Initialized", initialized),
			n.condition(pod, "ContainersReady", state.ready), n.condition(pod, "Ready", state.ready),
		},
		"containerStatuses": containerStatuses(pod, state),
	}
	if state.evicted {
		status["reason"], status["message"] = "Evicted", state.message
	}
	if inits := initStatuses(pod, state); len(inits) > 0 {
		status["initContainerStatuses"] = inits
	}
	if !apply.Equal(pod["status"], status) {
		n.writeStatus("kubelet", pod, status)
	}
}

// condition is a Pod's condition; its time moves only when its status does.
func (n *Nodes) condition(pod apiserver.Object, kind string, truth bool) apiserver.Object {
	status := "False"
	if truth {
		status = "True"
	}
	at := n.Now().UTC().Format(time.RFC3339)
	for _, known := range apiserver.List(pod, "status", "conditions") {
		if apiserver.String(known, "type") == kind && apiserver.String(known, "status") == status {
			at = apiserver.String(known, "lastTransitionTime")
		}
	}
	return apiserver.Object{"type": kind, "status": status, "lastTransitionTime": at}
}

func containerStatuses(pod apiserver.Object, state *podState) []any {
	var statuses []any
	for _, container := range apiserver.List(pod, "spec", "containers") {
		status := apiserver.Object{
			"name": container["name"], "image": container["image"], "ready": state.ready, "restartCount": state.restarts,
			"started": state.stage == running, "lastState": apiserver.Object{},
		}
		ended := apiserver.Object{"terminated": apiserver.Object{
			"exitCode": int64(1), "reason": "Error", "message": state.message,
		}}
		switch state.stage {
		case running:
			status["state"] = apiserver.Object{"running": apiserver.Object{
				"startedAt": state.started.UTC().Format(time.RFC3339),
			}}
		case finished:
			status["state"] = ended
		case crashed:
			status["lastState"] = ended
			fallthrough
		case mounting, initializing:
			waiting := apiserver.Object{"reason": state.why}
			if state.message != "" {
				waiting["message"] = state.message
			}
			status["state"] = apiserver.Object{"waiting": waiting}
		}
		statuses = append(statuses, status)
	}
	return statuses
}

func initStatuses(pod apiserver.Object, state *podState) []any {
	var statuses []any
	for i, container := range apiserver.List(pod, "spec", "initContainers") {
		status := apiserver.Object{
			"name": container["name"], "image": container["image"], "restartCount": int64(0), "ready": i < state.initDone,
			"state": apiserver.Object{"waiting": apiserver.Object{"reason": "PodInitializing"}},
		}
		if i < state.initDone {
			status["state"] = apiserver.Object{"terminated": apiserver.Object{"exitCode": int64(0), "reason": "Completed"}}
		}
		statuses = append(statuses, status)
	}
	return statuses
}

func (n *Nodes) hostIP(node string) string {
	object, _ := n.Server.Get(apiserver.Key{Kind: nodeKind, Name: node})
	for _, address := range apiserver.List(object, "status", "addresses") {
		if apiserver.String(address, "type") == "InternalIP" {
			return apiserver.String(address, "address")
		}
	}
	return ""
}
