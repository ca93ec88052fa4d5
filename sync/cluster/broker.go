package cluster

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
)

// broker is one broker or controller: what the spec asks of it, and what of it is there.
type broker struct {
	id int32
	// listed says that the spec lists the broker. One that it no longer lists is leaving.
	listed bool
	// spec is what the broker is drawn from: the spec's, or for a leaving broker what it was last drawn from. It is nil
	// when that is not known.
	spec *v1beta1.ResolvedBroker

	pods   []*sync.Pod
	claims []*sync.PersistentVolumeClaim
	config *sync.ConfigMap
}

// phase is where a broker's Pod stands.
type phase int

const (
	// phaseMissing: there is no Pod.
	phaseMissing phase = iota
	// phaseTerminating: the Pod is being deleted.
	phaseTerminating
	// phaseFailed: the Pod has ended for good; kubelet will not start it again.
	phaseFailed
	// phaseStuck: the Pod does not start, for a reason that Kubernetes names.
	phaseStuck
	// phaseStarting: the Pod is not ready yet.
	phaseStarting
	// phaseReady: kubelet counts the Pod as ready.
	phaseReady
	// phaseDoubled: more than one Pod carries this broker id.
	phaseDoubled
)

// pod is the broker's Pod, nil when there is none.
func (b *broker) pod() *sync.Pod {
	if len(b.pods) == 0 {
		return nil
	}
	return b.pods[0]
}

// claimed says that a claim of that name is observed.
func (b *broker) claimed(name string) bool {
	return slices.ContainsFunc(b.claims, func(claim *sync.PersistentVolumeClaim) bool { return claim.Name == name })
}

// phase classifies the broker's Pod, and says in Kubernetes' own words why it does not start.
func (b *broker) phase() (phase, string) {
	pod := b.pod()
	switch {
	case pod == nil:
		return phaseMissing, ""
	case len(b.pods) > 1:
		names := make([]string, len(b.pods))
		for i, pod := range b.pods {
			names[i] = pod.Name
		}
		return phaseDoubled, "Pods " + strings.Join(
			names,
			" and ",
		) + " both carry this broker id; delete the one that is not wanted"
	case pod.Terminating():
		return phaseTerminating, ""
	case pod.Status.Phase == corev1.PodFailed || pod.Status.Phase == corev1.PodSucceeded:
		return phaseFailed, endOf(pod)
	case pod.Ready():
		return phaseReady, ""
	}
	if why := stuck(pod); why != "" {
		return phaseStuck, why
	}
	return phaseStarting, ""
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
			return strings.TrimSuffix(fmt.Sprintf("container %s: %s: %s", container.Name, waiting.Reason, waiting.Message), ": ")
		}
	}
	return ""
}

// runs says that a process of the broker may be up, so that stopping its Pod could take something away.
func (b *broker) runs() bool {
	where, _ := b.phase()
	return where == phaseReady || where == phaseStarting || where == phaseDoubled || where == phaseTerminating
}

// isController says that the broker votes in the KRaft quorum.
func (b *broker) isController() bool { return b.spec != nil && b.spec.IsController() }

// isBroker says that the broker holds partitions. One that we know nothing of is taken to hold some.
func (b *broker) isBroker() bool { return b.spec == nil || b.spec.IsBroker() }

// key is the broker's in status.brokersState.
func (b *broker) key() string { return fmt.Sprint(b.id) }

// String names the broker in messages.
func (b *broker) String() string {
	if b.spec != nil && b.spec.IsControllerOnly() {
		return fmt.Sprintf("controller %d", b.id)
	}
	return fmt.Sprintf("broker %d", b.id)
}

// ids lists brokers in messages, a few by name.
func ids(brokers []*broker) string {
	const named = 5
	names := make([]string, 0, named+1)
	for i, b := range brokers {
		if i == named {
			names = append(names, fmt.Sprintf("and %d more", len(brokers)-named))
			break
		}
		names = append(names, fmt.Sprint(b.id))
	}
	return strings.Join(names, ", ")
}

// count writes a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
