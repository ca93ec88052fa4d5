package cluster

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/teardown"
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
	step := teardown.Next(&o.request.Children, o.retainsVolumes(), o.identity.UID)
	d.Releases, d.Commands, d.Finalized = step.Releases, step.Commands, step.Waits == ""
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
			isNot(sync.Ready, sync.Finalizing, "The cluster is being deleted and waits for "+text+"."),
		})
		return &status
	}
	d.Status = told(orElse(step.Waits, "nothing more"))
	d.StatusAfter = func(outcomes sync.Outcomes) any { return told(step.Waits + "; " + outcomes.Err().Error()) }
	return d
}

// retainsVolumes says whether the volumes outlive the cluster: where the policy can not be read, they do.
func (o *Observed) retainsVolumes() bool {
	return o.parent.Spec.RetainsVolumes() || slices.ContainsFunc(o.mistakes, func(m *field.Error) bool {
		return m.Field == "spec" || strings.HasPrefix(m.Field, "spec.persistentVolumeClaimRetentionPolicy")
	})
}
