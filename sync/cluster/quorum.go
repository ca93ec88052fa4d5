package cluster

import (
	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync/children"
	"github.com/kompositor/kompositor/sync/claims"
	"github.com/kompositor/kompositor/sync/podphase"
)

// settleQuorum decides how the KRaft controllers know each other. What a cluster began with it keeps: the status says
// it, else the configuration of any of its nodes does. A new one has a dynamic quorum (KIP-853) if its images have it.
func (o *Observed) settleQuorum() children.Quorum {
	if !o.parent.Spec.KRaft {
		return children.Quorum{}
	}
	quorum := children.Quorum{Mode: o.quorumMode()}
	if quorum.Controllers = o.fixedVoters(); len(quorum.Controllers) > 0 {
		return quorum
	}
	for _, b := range o.brokers {
		if b.isController() {
			quorum.Controllers = append(quorum.Controllers, b.id)
		}
	}
	if quorum.Dynamic() && !o.quorumFormed() {
		quorum.Initial = quorum.Controllers
	}
	return quorum
}

func (o *Observed) quorumMode() children.QuorumMode {
	if mode := o.parent.Status.KRaft.Quorum; mode != "" {
		return children.QuorumMode(mode)
	}
	for _, b := range o.brokers {
		if mode := b.recorded().Quorum(); mode != "" {
			return mode
		}
	}
	before := claims.FromBefore(o.request.Children.PersistentVolumeClaims, o.parent.CreationTimestamp.Time)
	if before || o.parent.Status.ClusterID != "" || !o.controllersHaveDynamicQuorum() {
		return children.StaticQuorum
	}
	return children.DynamicQuorum
}

// controllersHaveDynamicQuorum says that every node's image is known to hold Kafka 3.9 or newer.
func (o *Observed) controllersHaveDynamicQuorum() bool {
	for _, b := range o.brokers {
		if b.spec == nil || !v1beta1.KafkaVersionOfImage(b.spec.Image).AtLeast(3, 9) {
			return false
		}
	}
	return true
}

// quorumFormed says that the quorum has existed: from then on an empty disk must not found a second one.
func (o *Observed) quorumFormed() bool {
	if o.parent.Status.KRaft.Formed {
		return true
	}
	for _, b := range o.brokers {
		if where, _ := b.phase(); b.isController() && where == podphase.Ready {
			return true
		}
	}
	return false
}
