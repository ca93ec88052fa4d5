package cluster

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
)

// finalize answers for a cluster that is being deleted. It takes the cluster down in an order in which every process
// can still do its duty: brokers while there are controllers to hand their leadership over to, then controllers, then
// volumes as the CR's retention policy says, then the rest, which Kubernetes' garbage collection takes with the parent.
// It asks nothing of Kafka and makes nothing new, so it can not hang on either.
func (o *Observed) finalize(facts sync.Facts) sync.Decision {
	if !o.deleting {
		// The parent only stopped matching the controller's label selector: it is let go as it is, running.
		return sync.Decision{
			Children:  o.request.Children.Hold(),
			Status:    &o.parent.Status,
			Finalized: true,
			Reasons:   []sync.Reason{sync.Finalizing},
		}
	}
	d := sync.Decision{ResyncAfter: resyncWhileMoving, Reasons: []sync.Reason{sync.Finalizing}}
	waits := o.takeDown(&d)
	d.Finalized = waits == ""
	for _, child := range o.request.Children.Hold() {
		released := func(r sync.Release) bool { return r.Kind == child.Kind && r.Name == child.Name }
		if !slices.ContainsFunc(d.Releases, released) {
			d.Children = append(d.Children, child)
		}
	}
	told := func(text string) *v1beta1.KafkaClusterStatus {
		status := o.parent.Status
		status.ObservedGeneration = o.identity.Generation
		status.Conditions = o.carriedOver(facts, []verdict{
			isNot(sync.Ready, sync.Finalizing, bounded("The cluster is being deleted and waits for "+text+".")),
		})
		return &status
	}
	d.Status = told(orElse(waits, "nothing more"))
	d.StatusAfter = func(outcomes sync.Outcomes) any { return told(waits + "; " + outcomes.Err().Error()) }
	return d
}

// takeDown releases what may go now, and says what is awaited; empty when nothing is left that must go in order.
func (o *Observed) takeDown(d *sync.Decision) string {
	brokers, controllers := o.podsByRole()
	switch {
	case len(brokers) > 0:
		release(d, brokers, "the cluster is deleted")
		return count(len(brokers), "broker") + " to shut down"
	case len(controllers) > 0:
		release(d, controllers, "the cluster is deleted and its brokers are gone")
		return count(len(controllers), "controller") + " to shut down"
	}
	claims := o.request.Children.PersistentVolumeClaims
	if o.retainsVolumes() {
		for i := range claims {
			d.Commands = append(
				d.Commands,
				sync.OrphanClaim{Namespace: claims[i].Namespace, Name: claims[i].Name, UID: claims[i].UID, Owner: o.identity.UID},
			)
		}
		if len(claims) > 0 {
			return count(len(claims), "volume claim") + " to be parted from the cluster, and kept"
		}
		return ""
	}
	left := 0
	for i := range claims {
		if claims[i].Terminating() {
			continue
		}
		left++
		d.Releases = append(d.Releases, sync.Release{
			Kind: "PersistentVolumeClaim", Name: claims[i].Name, Reason: sync.Finalizing,
			Because: "the cluster is deleted, its Pods are gone, and persistentVolumeClaimRetentionPolicy keeps no volumes",
		})
	}
	if left > 0 {
		return count(left, "volume claim") + " to be deleted"
	}
	return ""
}

// retainsVolumes says whether the volumes outlive the cluster: where the policy can not be read, they do.
func (o *Observed) retainsVolumes() bool {
	return o.parent.Spec.RetainsVolumes() || slices.ContainsFunc(o.mistakes, func(m *field.Error) bool {
		return m.Field == "spec" || strings.HasPrefix(m.Field, "spec.persistentVolumeClaimRetentionPolicy")
	})
}

// podsByRole splits the observed Pods into those that only hold partitions and those that vote.
func (o *Observed) podsByRole() (brokers, controllers []*sync.Pod) {
	for i := range o.request.Children.Pods {
		pod := &o.request.Children.Pods[i]
		if pod.Labels[labelIsController] == "true" {
			controllers = append(controllers, pod)
			continue
		}
		brokers = append(brokers, pod)
	}
	return brokers, controllers
}

func release(d *sync.Decision, pods []*sync.Pod, because string) {
	for _, pod := range pods {
		if !pod.Terminating() {
			d.Releases = append(d.Releases, sync.Release{Kind: "Pod", Name: pod.Name, Reason: sync.Finalizing, Because: because})
		}
	}
}
