package user

import (
	"maps"
	"slices"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/parent"
)

// finalize takes back what this resource gave, and lets go once Kafka lists none of it. A cluster that is gone, or
// goes, has nothing left to take back. When neither the status nor the spec can be read, nobody knows what was given,
// and the resource stays until its spec is mended.
func (p *plan) finalize() sync.Decision {
	d := sync.Decision{
		Children: p.o.request.Children.Hold(), Status: p.o.kept(p.facts), Reasons: []sync.Reason{sync.Finalizing},
	}
	gone := !p.o.cluster.Exists || p.o.cluster.Deleting
	if !gone && p.o.recordLost && p.o.specUnsure {
		return p.o.holdInvalid(p.facts)
	}
	if gone || !given(&p.o.user.Status) {
		d.Finalized = true
		return d
	}
	waits := p.kafkaWaits
	p.status = p.o.user.Status
	if waits == "" {
		waits = "Kafka takes back what the user had"
		p.settleACLs(nil)
		p.settleQuotas(nil)
		p.dropCredential()
		if d.Finalized = len(p.commands) == 0; d.Finalized {
			return d
		}
	}
	d.Commands, d.ResyncAfter, d.RetryAfter = p.commands, resyncAfterWrite, retryAfterRefusal
	d.Status = p.leaving(p.status, waits)
	d.StatusAfter = func(outcomes sync.Outcomes) any {
		return p.leaving(p.o.user.Status, "Kafka refuses: "+outcomes.Err().Error())
	}
	return d
}

// presumed is the record of one whose status can not be read: that all which the spec asks for was given. What a spec
// of before gave and this one does not was taken back when it changed.
func (o *Observed) presumed() v1alpha1.KafkaUserStatus {
	status := v1alpha1.KafkaUserStatus{
		ACLs:      record(granted(o.principal(), o.user.Spec.TopicGrants)),
		QuotaKeys: slices.Sorted(maps.Keys(quotas(o.user.Spec.Quotas))),
	}
	if o.byPassword() {
		status.SCRAMSecret = toBeTold
	}
	return status
}

// given says that this resource gave something, as far as its status knows.
func given(status *v1alpha1.KafkaUserStatus) bool {
	return len(status.ACLs) > 0 || len(status.QuotaKeys) > 0 || status.SCRAMSecret != ""
}

// leaving is the status of a user that is being deleted.
func (p *plan) leaving(status v1alpha1.KafkaUserStatus, waits string) *v1alpha1.KafkaUserStatus {
	status.ObservedGeneration = p.o.identity.Generation
	status.Conditions = p.clock().CarriedOver([]parent.Verdict{
		parent.IsNot(sync.Ready, sync.Finalizing, "The user is being deleted, and is kept until that is done: "+waits+"."),
	})
	return &status
}
