package topic

import (
	"slices"
	"strings"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/sync"
)

// mayManage says that the topic in Kafka is ours to change: this resource made it, or takes it over now.
func (p *plan) mayManage() bool {
	if p.o.owned() {
		return p.holdsClaim()
	}
	p.claimed = false
	if why := p.notTakenOver(); why != "" {
		p.problem(sync.TopicExists, "the topic is in Kafka already and this resource has not made it: %s", why)
		return false
	}
	return p.holdsClaim()
}

// owned says that this resource has made or taken over the topic: its status says so (Koperator's does too), or its
// claim says that there was no such topic before.
func (o *Observed) owned() bool {
	return o.topic.Status.State == v1alpha1.TopicStateCreated || o.claims.creates()
}

// notTakenOver says in a clause why an existing topic is not taken over, and what to do; empty when it is. The user
// says so in the annotation, and the spec says what is there already, so that taking over changes nothing by itself: a
// retention that is missing in the spec would delete records. Source of the rule: Koperator's webhook.
func (p *plan) notTakenOver() string {
	differences := p.differences()
	// Without the annotation, managed by us is only a default.
	consent := strings.EqualFold(p.o.topic.Annotations[v1alpha1.ManagedByAnnotation], v1alpha1.ManagedByKoperator)
	switch text := strings.Join(differences, ", "); {
	case consent && len(differences) == 0:
		return ""
	case consent:
		return "to take it over, mend the spec so that it says what is there: " + text
	case len(differences) == 0:
		return "set the annotation " + v1alpha1.ManagedByAnnotation + ": " + v1alpha1.ManagedByKoperator +
			" to take it over as it is"
	default:
		return "to take it over, set the annotation " + v1alpha1.ManagedByAnnotation + ": " + v1alpha1.ManagedByKoperator +
			", and mend the spec so that it says what is there: " + text
	}
}

// differences are what the spec says otherwise than the topic is.
func (p *plan) differences() []string {
	var found []string
	if have, want := int32(len(p.topic.Partitions)), p.o.topic.Spec.Partitions; want > 0 && want != have {
		found = append(found, numbers("spec.partitions", want, have))
	}
	if have, want := p.lowestReplicas(), p.o.topic.Spec.ReplicationFactor; want > 0 && p.replicasDiffer(want) {
		found = append(found, numbers("spec.replicationFactor", want, have))
	}
	set, drop := p.configChanges()
	for key := range set {
		entry, _ := p.topic.Entry(key)
		found = append(found, "spec.config "+key+" is "+set[key]+" and not "+entry.Value)
	}
	for _, key := range drop {
		entry, _ := p.topic.Entry(key)
		found = append(found, "spec.config lacks "+key+"="+entry.Value)
	}
	slices.Sort(found)
	return found
}
