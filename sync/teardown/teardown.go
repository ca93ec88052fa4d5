package teardown

import (
	"fmt"

	"github.com/kompositor/kompositor/sync"
)

// Step is what is done now.
type Step struct {
	Releases []sync.Release
	Commands []sync.Command
	// Waits says what is awaited; empty when nothing is left that must go in order.
	Waits string
}

// Next is the next step for a cluster of which these children are left. Retained volumes are parted from their owner.
// Cruise Control goes before all else, and is not waited for: it would take brokers that shut down for failed ones, and
// move what they hold.
func Next(children *sync.Children, retain bool, owner string) Step {
	step := inOrder(children, retain, owner)
	for i := range children.Deployments {
		step.Releases = append(step.Releases, sync.Release{
			Kind: "Deployment", Name: children.Deployments[i].Name, Reason: sync.Finalizing,
			Because: "the cluster is deleted, and needs no Cruise Control",
		})
	}
	return step
}

// inOrder is the next step for what must go in order.
func inOrder(children *sync.Children, retain bool, owner string) Step {
	brokers, controllers := byRole(children.Pods)
	switch {
	case len(brokers) > 0:
		return Step{
			Releases: release(brokers, "the cluster is deleted"), Waits: count(len(brokers), "broker") + " to shut down",
		}
	case len(controllers) > 0:
		return Step{
			Releases: release(controllers, "the cluster is deleted and its brokers are gone"),
			Waits:    count(len(controllers), "controller") + " to shut down",
		}
	case retain:
		return part(children.PersistentVolumeClaims, owner)
	}
	return discard(children.PersistentVolumeClaims)
}

// part lets the claims outlive the cluster.
func part(claims []sync.PersistentVolumeClaim, owner string) Step {
	var step Step
	for i := range claims {
		step.Commands = append(step.Commands, sync.OrphanClaim{
			Namespace: claims[i].Namespace, Name: claims[i].Name, UID: claims[i].UID, Owner: owner,
		})
	}
	if len(claims) > 0 {
		step.Waits = count(len(claims), "volume claim") + " to be parted from the cluster, and kept"
	}
	return step
}

// discard deletes the claims.
func discard(claims []sync.PersistentVolumeClaim) Step {
	var step Step
	for i := range claims {
		if !claims[i].Terminating() {
			step.Releases = append(step.Releases, sync.Release{
				Kind: "PersistentVolumeClaim", Name: claims[i].Name, Reason: sync.Finalizing,
				Because: "the cluster is deleted, its Pods are gone, and persistentVolumeClaimRetentionPolicy keeps no volumes",
			})
		}
	}
	if len(step.Releases) > 0 {
		step.Waits = count(len(step.Releases), "volume claim") + " to be deleted"
	}
	return step
}

// byRole splits Pods into those that only hold partitions and those that vote.
func byRole(pods []sync.Pod) (brokers, controllers []*sync.Pod) {
	for i := range pods {
		if pods[i].Labels["isControllerNode"] == "true" {
			controllers = append(controllers, &pods[i])
			continue
		}
		brokers = append(brokers, &pods[i])
	}
	return brokers, controllers
}

func release(pods []*sync.Pod, because string) []sync.Release {
	var releases []sync.Release
	for _, pod := range pods {
		if !pod.Terminating() {
			releases = append(releases, sync.Release{Kind: "Pod", Name: pod.Name, Reason: sync.Finalizing, Because: because})
		}
	}
	return releases
}

// count writes a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
