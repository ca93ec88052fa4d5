package podphase

import (
	"fmt"
	"strings"
	"time"

	"github.com/kompositor/kompositor/sync"
)

// endGrace is how long after its deletion time a Pod may still be listed: kubelet kills and reports at its own pace.
const endGrace = time.Minute

// Unheard says that a Pod's node is not heard of, and who must act; empty when it is, as far as Kubernetes shows.
//
// Nothing can be done about it by leaving the Pod out: it is being deleted already, or will be by Kubernetes after five
// minutes, and stays until kubelet confirms that its process has ended. Only a human can know that the machine is off,
// and that another process may have the volume.
func Unheard(pods []*sync.Pod, now time.Time) string {
	phase, _ := Of(pods)
	switch phase {
	case Silent:
		return fmt.Sprintf("its node %s is not heard of; Kubernetes deletes the Pod when that lasts", pods[0].Spec.NodeName)
	case Terminating:
		return overdue(pods[0], now)
	case Missing, Failed, Stuck, Starting, Ready, Doubled:
	}
	return ""
}

// overdue says that a Pod should have ended long ago, and what may hold it.
func overdue(pod *sync.Pod, now time.Time) string {
	due, err := time.Parse(time.RFC3339, pod.DeletionTimestamp)
	if err != nil || now.Before(due.Add(endGrace)) {
		return ""
	}
	if len(pod.Finalizers) > 0 {
		return fmt.Sprintf("its Pod should have ended at %s and is held by its finalizers: %s",
			pod.DeletionTimestamp, strings.Join(pod.Finalizers, ", "))
	}
	return fmt.Sprintf("its Pod should have ended at %s, and node %s does not confirm it: if that machine is off for "+
		"good, delete the Node, or taint it with node.kubernetes.io/out-of-service", pod.DeletionTimestamp, pod.Spec.NodeName)
}
