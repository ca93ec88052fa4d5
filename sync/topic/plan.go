package topic

import (
	"fmt"
	"time"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
	"github.com/kompositor/kompositor/sync/parent"
)

// How soon to look again. Changes of the resource, its claims and its cluster wake Metacontroller by themselves, and
// its own period looks for drift; these are for what Kafka does meanwhile.
const (
	resyncAfterCommand = 2 * time.Second
	resyncWhileWaiting = 15 * time.Second // Koperator's
	retryAfterRefusal  = 30 * time.Second
)

// plan is a decision in the making.
type plan struct {
	o       *Observed
	facts   sync.Facts
	cluster sync.KafkaCluster
	topic   sync.Topic
	status  v1alpha1.KafkaTopicStatus

	reachable parent.Verdict
	// problems are why the topic is not as the spec asks, the gravest first; none when it is.
	problems []problem
	commands []sync.Command
	// claimed says that the claim is to be there, and creates what it is to say.
	claimed, creates bool
	// made are new operations, and letGo the names of those that are not wanted any more.
	made   []sync.Child
	letGo  map[string]bool
	resync time.Duration
}

// problem is one reason why a topic is not Ready, as a clause.
type problem struct {
	reason sync.Reason
	text   string
}

// Plan decides. Mistakes and deletions are their own short stories; else: see what Kafka says, whose the topic is, and
// what brings it to what the spec asks for.
func (o *Observed) Plan(facts sync.Facts) sync.Decision {
	switch {
	case o.request.Finalizing:
		return o.finalize(facts)
	case o.deleting:
		// The resource was let go and waits for somebody else's finalizer. Its topic may be gone: it is not made again.
		return sync.Decision{Children: o.request.Children.Hold(), Status: &o.topic.Status}
	case len(o.mistakes) > 0:
		return o.holdInvalid(facts)
	}
	p := &plan{
		o: o, facts: facts, status: o.topic.Status, claimed: o.claims.own != nil, creates: o.claims.creates(),
		letGo: make(map[string]bool),
	}
	if p.status.ObservedGeneration != o.identity.Generation {
		p.status.LostTopicID = "" // told until the user changes the spec
	}
	p.status.ObservedGeneration, p.status.ManagedBy = o.identity.Generation, o.managedBy()
	if p.look() {
		p.report()
		p.act()
	}
	return p.decision()
}

// look sees what Kafka says, and reports whether it said enough to go on.
func (p *plan) look() bool {
	if o := p.o; o.cluster.Waits != "" {
		p.reachable = parent.Unknown(sync.KafkaReachable, sync.NotAsked, "Kafka is not asked: "+o.cluster.Waits+".")
		p.problem(o.cluster.Reason, "%s", o.cluster.Waits)
		return false
	}
	var known, described bool
	p.cluster, known = p.facts.Kafka.Cluster.Get()
	p.topic, described = p.facts.Kafka.Topic.Get()
	if why := p.unknown(known, described); why != "" {
		p.reachable = parent.IsNot(sync.KafkaReachable, sync.KafkaUnknown, "Kafka can not be asked: "+why+".")
		p.problem(sync.KafkaUnknown, "what Kafka says of the topic is not known, and nothing is changed: %s", why)
		p.resync = resyncWhileWaiting
		return false
	}
	if wrong := p.o.cluster.WrongCluster(&p.facts.Kafka); wrong != "" {
		p.reachable = parent.IsNot(sync.KafkaReachable, sync.WrongCluster, parent.Sentence(wrong))
		p.problem(sync.WrongCluster, "%s", wrong)
		p.resync = resyncWhileWaiting
		return false
	}
	p.reachable = parent.Is(sync.KafkaReachable, "Kafka answers.")
	return true
}

func (p *plan) unknown(cluster, topic bool) string {
	switch {
	case !cluster:
		return p.facts.Kafka.Cluster.Why()
	case !topic:
		return p.facts.Kafka.Topic.Why()
	}
	return ""
}

// act decides what is done about the topic. Whoever may not act on it does not claim it either.
func (p *plan) act() {
	switch {
	case !p.o.managed():
		p.claimed = false
	case p.o.claims.held() != "":
		p.claimed = false
		p.problem(sync.TopicConflict, "%s: delete one of the two, or set the annotation %s of this one to somebody else",
			p.o.claims.held(), v1alpha1.ManagedByAnnotation)
	case !p.topic.Exists:
		p.create()
	case p.mayManage():
		p.manage()
	}
}

// holdsClaim says that this resource's claim is there; where it is not, it is asked for and awaited.
func (p *plan) holdsClaim() bool {
	p.claimed = true
	if p.o.claims.own == nil || p.creates && !p.o.claims.creates() {
		p.problem(sync.TopicPending, "the topic is claimed by ConfigMap %s, which is being written",
			children.TopicClaimName(p.o.clusterName(), p.o.topic.Spec.Name))
		return false
	}
	return true
}

// manage brings the topic to what the spec asks for.
func (p *plan) manage() {
	p.status.State = v1alpha1.TopicStateCreated
	p.status.TopicName, p.status.Cluster = p.o.topic.Spec.Name, p.o.clusterName()
	p.managePartitions()
	p.manageReplicas()
	p.manageConfig()
	if len(p.commands) > 0 {
		p.resync = resyncAfterCommand
	}
}

func (p *plan) problem(reason sync.Reason, format string, args ...any) {
	p.problems = append(p.problems, problem{reason, fmt.Sprintf(format, args...)})
}

// tell has Kafka carry out a command.
func (p *plan) tell(command sync.Command) { p.commands = append(p.commands, command) }

func (p *plan) toKafka() sync.ToKafka { return sync.ToKafka{Connection: p.o.cluster.Connection} }

// children lists the claim, the operations, and whatever is there that this release does not draw. A claim of another
// topic, left from before the spec was changed, is let go.
func (p *plan) children() []sync.Child {
	held := append(p.o.request.Children.HoldUnknown(), p.made...)
	for i := range p.o.request.Children.Operations {
		if one := &p.o.request.Children.Operations[i]; !p.letGo[one.Name] && !one.Terminating() {
			held = append(held, one.Frozen(v1alpha1.GroupVersion().String(), "CruiseControlOperation"))
		}
	}
	if p.claimed {
		held = append(held, children.TopicClaim(&p.o.topic, p.o.clusterName(), p.creates))
	}
	return held
}
