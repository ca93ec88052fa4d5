package podphase

import (
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/kompositor/kompositor/sync"
)

// Phase is where a broker's Pod stands.
type Phase int

// The phases.
const (
	// Missing: there is no Pod.
	Missing Phase = iota
	// Terminating: the Pod is being deleted.
	Terminating
	// Failed: the Pod has ended for good; kubelet will not start it again.
	Failed
	// Stuck: the Pod does not start, for a reason that Kubernetes names.
	Stuck
	// Starting: the Pod is not ready yet.
	Starting
	// Ready: kubelet counts the Pod as ready.
	Ready
	// Silent: Kubernetes has lost sight of the Pod; its process may run or not.
	Silent
	// Doubled: more than one Pod carries this broker id.
	Doubled
)

// nodeLost is the reason of a Pod whose node is not heard of. Source: Kubernetes, node.NodeUnreachablePodReason.
const nodeLost = "NodeLost"

// Of classifies the Pods that carry one broker id, of which there should be one at most, and says why it does not run
// where Kubernetes names a reason.
func Of(pods []*sync.Pod) (Phase, string) {
	if len(pods) == 0 {
		return Missing, ""
	}
	if len(pods) > 1 {
		names := make([]string, len(pods))
		for i, pod := range pods {
			names[i] = pod.Name
		}
		return Doubled, fmt.Sprintf("Pods %s both carry this broker id; delete the one that is not wanted",
			strings.Join(names, " and "))
	}
	pod := pods[0]
	switch {
	case pod.Terminating():
		return Terminating, ""
	case pod.Status.Phase == corev1.PodFailed || pod.Status.Phase == corev1.PodSucceeded:
		return Failed, endOf(pod)
	case pod.Status.Phase == corev1.PodUnknown || pod.Status.Reason == nodeLost:
		return Silent, ""
	case pod.Ready():
		return Ready, ""
	}
	if why := stuck(pod); why != "" {
		return Stuck, why
	}
	return Starting, ""
}

// MayRun says that the process in the named container may be up. That of a Pod that is stuck may be, when it is another
// container that does not start. Until what it mounts is there kubelet starts none; it may have been deleted since.
func MayRun(pods []*sync.Pod, container string, mountable bool, now time.Time) bool {
	switch phase, _ := Of(pods); phase {
	case Missing, Failed:
		return false
	case Starting:
		if Unmade(pods[0], container, now) {
			return false
		}
	case Stuck:
		return slices.ContainsFunc(pods[0].Status.ContainerStatuses, func(c sync.ContainerStatus) bool {
			return c.Name == container && c.State.Running != nil
		})
	case Terminating, Ready, Silent, Doubled:
	}
	return mountable || started(pods, container)
}

// makeGrace is how long a Pod whose container is not made yet counts as one that may run: every Pod begins so, and what
// is observed of it may be a little old.
const makeGrace = time.Minute

// Unmade says that kubelet has taken a Pod up a while ago and has made its container never yet: something that it
// mounts is not there, or can not be attached. Kubelet names no reason for that in the Pod, but says that the container
// waits.
func Unmade(pod *sync.Pod, container string, now time.Time) bool {
	since, err := time.Parse(time.RFC3339, pod.Status.StartTime)
	if err != nil || now.Before(since.Add(makeGrace)) {
		return false
	}
	return slices.ContainsFunc(pod.Status.ContainerStatuses, func(c sync.ContainerStatus) bool {
		return c.Name == container && c.State.Waiting != nil && c.RestartCount == 0 && c.LastState.Terminated == nil
	})
}

// started says that the process in the named container has been started in one of these Pods.
func started(pods []*sync.Pod, container string) bool {
	return slices.ContainsFunc(pods, func(pod *sync.Pod) bool {
		return slices.ContainsFunc(pod.Status.ContainerStatuses, func(c sync.ContainerStatus) bool {
			return c.Name == container && (c.State.Running != nil || c.State.Terminated != nil || c.LastState.Terminated != nil)
		})
	})
}

// endOf says why a Pod has ended.
func endOf(pod *sync.Pod) string {
	if pod.Status.Reason != "" {
		return strings.TrimSuffix(pod.Status.Reason+": "+pod.Status.Message, ": ")
	}
	for _, container := range slices.Concat(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses) {
		if ended := container.State.Terminated; ended != nil && ended.ExitCode != 0 {
			return fmt.Sprintf("container %s ended with exit code %d (%s)", container.Name, ended.ExitCode, ended.Reason)
		}
	}
	return "its containers have ended"
}

// stuckReasons are the reasons of a waiting container that time alone does not cure. Source: kubelet's images and
// kuberuntime packages.
func stuckReason(reason string) bool {
	switch reason {
	case "CrashLoopBackOff", "ImagePullBackOff", "ErrImagePull", "InvalidImageName", "ErrImageNeverPull",
		"CreateContainerConfigError", "CreateContainerError", "RunContainerError":
		return true
	}
	return false
}

// stuck returns why a Pod can not start, in the words of the scheduler or kubelet; empty when it may yet.
func stuck(pod *sync.Pod) string {
	if why, yes := pod.Unschedulable(); yes {
		return "Unschedulable: " + why
	}
	for _, container := range slices.Concat(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses) {
		if waiting := container.State.Waiting; waiting != nil && stuckReason(waiting.Reason) {
			why := strings.TrimSuffix(fmt.Sprintf("container %s: %s: %s", container.Name, waiting.Reason, waiting.Message), ": ")
			if last := container.LastState.Terminated; last != nil {
				why += fmt.Sprintf("; it ended with exit code %d (%s)", last.ExitCode, last.Reason)
			}
			return why
		}
	}
	return ""
}
