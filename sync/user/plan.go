package user

import (
	"slices"
	"time"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/sync"
)

// How soon to look again.
const (
	// resyncAfterRecord follows a status that was written before something is given.
	resyncAfterRecord = time.Second
	// resyncAfterWrite looks whether Kafka holds what it was told.
	resyncAfterWrite = 5 * time.Second
	// resyncWhileWaiting is for what brings no call by itself.
	resyncWhileWaiting = 15 * time.Second
	// retryAfterRefusal is for what Kafka may refuse for as long as nobody does anything.
	retryAfterRefusal = 30 * time.Second
)

// plan is a decision in the making.
type plan struct {
	o     *Observed
	facts sync.Facts
	// kafka is what Kafka holds of the user; empty while kafkaWaits says why it can not be asked.
	kafka       sync.User
	kafkaWaits  string
	kafkaReason sync.Reason

	credentialWaits  string
	credentialReason sync.Reason
	// grantsWait says why Kafka keeps no ACLs.
	grantsWait string
	// recordFirst says that something is given in the next call: the status is written before.
	recordFirst bool

	status   v1alpha1.KafkaUserStatus
	children []sync.Child
	commands []sync.Command
}

// Plan decides: first who the user is, then what it may do and take.
func (o *Observed) Plan(facts sync.Facts) sync.Decision {
	if o.request.Finalizing && !o.deleting {
		// The parent only stopped matching the controller's label selector: it is let go as it is.
		return sync.Decision{Children: o.request.Children.Hold(), Status: o.kept(facts), Finalized: true}
	}
	if o.deleting && !o.request.Finalizing {
		// Deleted with a propagation that leaves nothing to us, or the finalize hook comes next.
		return sync.Decision{Children: o.request.Children.Hold(), Status: o.kept(facts)}
	}
	if len(o.mistakes) > 0 && !o.deleting {
		return o.holdInvalid(facts)
	}
	p := o.newPlan(facts)
	if o.deleting {
		return p.finalize()
	}
	p.settleCredential()
	p.keepFormer()
	p.settleACLs(granted(o.principal(), o.user.Spec.TopicGrants))
	p.settleQuotas(quotas(o.user.Spec.Quotas))
	return p.decision()
}

func (o *Observed) newPlan(facts sync.Facts) *plan {
	p := &plan{o: o, facts: facts}
	user, known := facts.Kafka.User.Get()
	switch wrong := o.cluster.WrongCluster(&facts.Kafka); {
	case o.cluster.Waits != "":
		p.kafkaWaits, p.kafkaReason = o.cluster.Waits, o.cluster.Reason
	case wrong != "":
		p.kafkaWaits, p.kafkaReason = wrong, sync.WrongCluster
	case !known && o.question() != nil:
		p.kafkaWaits, p.kafkaReason = "Kafka can not be asked: "+facts.Kafka.User.Why(), sync.KafkaUnknown
	default:
		p.kafka = user
	}
	return p
}

// settleACLs says which ACLs Kafka is to add and to drop. One that this resource did not give is left alone.
func (p *plan) settleACLs(asked []sync.ACL) {
	ours := recorded(p.o.user.Status.ACLs)
	if p.kafka.NoAuthorizer && len(asked) > 0 {
		p.grantsWait = "the brokers have no authorizer and keep no ACLs: set authorizer.class.name in spec.readOnlyConfig " +
			"of the KafkaCluster, or take spec.topicGrants out"
	}
	if p.kafkaWaits != "" || p.kafka.NoAuthorizer {
		p.status.ACLs = record(ours)
		return
	}
	missing := without(asked, p.kafka.ACLs)
	if unrecorded := without(missing, ours); len(unrecorded) > 0 {
		p.waitForRecord()
		missing = without(missing, unrecorded)
	}
	if len(missing) > 0 {
		p.command(sync.CreateACLs{ToKafka: p.toKafka(), ACLs: missing})
	}
	surplus := p.surplus(without(ours, asked))
	if len(surplus) > 0 {
		p.command(sync.DeleteACLs{ToKafka: p.toKafka(), ACLs: surplus})
	}
	kept := slices.DeleteFunc(slices.Clone(surplus), func(acl sync.ACL) bool { return acl.Principal != p.o.principal() })
	p.status.ACLs = record(ordered(slices.Concat(asked, kept)))
}

// surplus are those of our ACLs that are still to go: Kafka lists them, or they are of a principal that the user had
// before. Kafka was not asked about that one: its ACLs are forgotten as soon as Kafka has said that they are removed.
func (p *plan) surplus(gone []sync.ACL) []sync.ACL {
	var surplus []sync.ACL
	for _, acl := range gone {
		if acl.Principal != p.o.principal() || slices.Contains(p.kafka.ACLs, acl) {
			surplus = append(surplus, acl)
		}
	}
	return surplus
}

func (p *plan) waitForRecord() {
	if p.kafkaWaits == "" {
		p.recordFirst = true
	}
}

func (p *plan) toKafka() sync.ToKafka { return sync.ToKafka{Connection: p.o.cluster.Connection} }

func (p *plan) command(command sync.Command) { p.commands = append(p.commands, command) }

// patience says when to look again.
func (p *plan) patience() time.Duration {
	switch {
	case p.recordFirst:
		return resyncAfterRecord
	case len(p.commands) > 0:
		return resyncAfterWrite
	case p.kafkaWaits != "" || p.credentialWaits != "":
		return resyncWhileWaiting
	}
	return 0
}
