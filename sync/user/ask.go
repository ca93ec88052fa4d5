package user

import (
	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/sync"
)

// Ask says which facts the decision needs: what Kafka holds of the user, and a new password for one that has none yet.
func (o *Observed) Ask() sync.Questions {
	if len(o.mistakes) > 0 && !o.deleting || o.request.Finalizing != o.deleting {
		return sync.Questions{}
	}
	var questions sync.Questions
	if o.needsPassword() {
		questions.PKI = &sync.PKIQuestions{Password: true}
	}
	if user := o.question(); o.cluster.Waits == "" && user != nil {
		questions.Kafka = &sync.KafkaQuestions{Connection: o.cluster.Connection, Cluster: true, User: user}
	}
	return questions
}

// question asks for what the user is to have, or may have been given; nil when that is nothing. Brokers without an
// authorizer refuse to speak of ACLs, and a user without grants is none of their business.
func (o *Observed) question() *sync.UserQuestion {
	spec, status := &o.user.Spec, &o.user.Status
	var asked sync.UserQuestion
	if len(spec.TopicGrants) > 0 || len(status.ACLs) > 0 {
		asked.Principal = o.principal()
	}
	if o.byPassword() || status.SCRAMSecret != "" {
		asked.SCRAM = o.user.Name
	}
	if len(quotas(spec.Quotas)) > 0 || len(status.QuotaKeys) > 0 {
		asked.Quota = o.name()
	}
	if asked == (sync.UserQuestion{}) {
		return nil
	}
	return &asked
}

// name is what Kafka calls the user: the subject of the certificate, or the name that a password is for. The rule for
// certificates is Koperator's, whose certificates have no other part in their subject.
func (o *Observed) name() string {
	if o.user.Spec.Authenticates() == v1alpha1.AuthenticationSCRAMSHA512 {
		return o.user.Name
	}
	return "CN=" + o.user.Name
}

// principal is the user in ACLs.
func (o *Observed) principal() string { return "User:" + o.name() }
