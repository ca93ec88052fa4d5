package kubelet

import "github.com/kompositor/kompositor/simulator/apiserver"

// Text is a Pod's state in a few words: Ready is one of them.
func Text(pod apiserver.Object) string {
	if apiserver.Terminating(pod) {
		return "Terminating"
	}
	for _, status := range apiserver.List(pod, "status", "containerStatuses") {
		if reason := apiserver.String(status, "state", "waiting", "reason"); reason == "CrashLoopBackOff" {
			return reason + " (" + apiserver.String(status, "lastState", "terminated", "message") + ")"
		}
		if message := apiserver.String(status, "state", "waiting", "message"); message != "" {
			return "waiting (" + message + ")"
		}
		if message := apiserver.String(status, "state", "terminated", "message"); message != "" {
			return "Failed (" + message + ")"
		}
	}
	for _, condition := range apiserver.List(pod, "status", "conditions") {
		if apiserver.String(condition, "type") == "Ready" && apiserver.String(condition, "status") == "True" {
			return "Ready"
		}
		if apiserver.String(condition, "type") == "PodScheduled" && apiserver.String(condition, "status") == "False" {
			return "unschedulable (" + apiserver.String(condition, "message") + ")"
		}
	}
	return apiserver.String(pod, "status", "phase")
}
