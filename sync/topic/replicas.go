package topic

import (
	"fmt"
	"maps"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
)

// operation is a child of this resource that has Cruise Control change replicas.
type operation struct {
	object *sync.Referenced
	v1alpha1.CruiseControlOperation
}

// settleAfter is how long Kafka may take to show what an operation has done, before another one is made.
const settleAfter = time.Minute

// manageReplicas brings every partition to the spec's number of replicas. To move data takes a plan that weighs
// brokers, racks and disks: that is Cruise Control's, and a CruiseControlOperation in this resource's name asks for it.
func (p *plan) manageReplicas() {
	p.tooFewForMinISR()
	want := p.o.topic.Spec.ReplicationFactor
	underWay, ended := p.sortOperations(want)
	if underWay != nil { // Kafka counts replicas that are not there yet
		p.problem(sync.ReplicasDiffer, "CruiseControlOperation %s brings the topic to %s (spec.replicationFactor)%s",
			underWay.object.Name, counted(int(want), "replica", "replicas"), underWay.says())
		return
	}
	if want <= 0 || !p.replicasDiffer(want) {
		return
	}
	p.resync = resyncWhileWaiting
	differ := func(then string) {
		p.problem(sync.ReplicasDiffer, "the spec asks for %s (spec.replicationFactor) and partitions have %d: %s",
			counted(int(want), "replica", "replicas"), p.otherReplicas(want), then)
	}
	if why := p.noOperation(want, ended); why != "" {
		differ(why)
		return
	}
	uids := make([]string, 0, len(ended))
	for i := range ended {
		uids = append(uids, ended[i].object.UID)
	}
	made := children.TopicOperation(&p.o.topic, uids)
	p.made = append(p.made, made)
	differ("CruiseControlOperation " + made.Name + " is made to change that")
}

// noOperation says in a clause why no operation is made now; empty when one is.
func (p *plan) noOperation(want int32, ended []operation) string {
	cluster := &p.o.cluster
	switch live := int32(len(p.cluster.Brokers)); {
	case cluster.Namespace != p.o.topic.Namespace:
		return fmt.Sprintf("changing that moves data, which Cruise Control is asked for in the namespace of its cluster: "+
			"create a CruiseControlOperation %s there, with the parameters %s: %q and %s: \"%d\"",
			v1alpha1.OperationTopicConfiguration, children.TopicPattern,
			children.ReplicasOf(p.o.topic.Spec.Name, want)[children.TopicPattern], children.ReplicationFactor, want)
	case !p.o.request.Controller.Lists("cruisecontroloperations"):
		return "changing that takes a CruiseControlOperation, which the CompositeController does not list: apply the one " +
			"of this release"
	case cluster.ControlWaits != "":
		return "changing that moves data, which needs Cruise Control: " + cluster.ControlWaits
	case want > live:
		return fmt.Sprintf("%s alive", counted(int(live), "broker is", "brokers are"))
	}
	if moving := p.moving(); moving != "" {
		return moving
	}
	for i := range ended {
		if at := ended[i].Status.CurrentTask.Finished; at == nil || p.facts.Now.Sub(at.Time) < settleAfter {
			return "CruiseControlOperation " + ended[i].object.Name + " has ended, and Kafka does not show it yet"
		}
	}
	return ""
}

// moving says in a clause that replicas of the topic are being moved, or that nobody knows; empty when none is. Kafka
// counts those that come beside those that go, so that a topic which somebody moves has more than it will have.
func (p *plan) moving() string {
	reassignments, known := p.facts.Kafka.Reassignments.Get()
	if !known {
		p.resync = resyncAfterCommand // it is asked in the next call
		return "whether some are being moved is not known"
	}
	for i := range reassignments {
		if reassignments[i].Topic == p.o.topic.Spec.Name {
			return "some are being moved, which is awaited"
		}
	}
	return ""
}

// sortOperations returns the operation for this number of replicas that has not ended, if there is one, and those that
// have. Whatever was for another number is let go: its execution is stopped.
func (p *plan) sortOperations(want int32) (underWay *operation, ended []operation) {
	objects := p.o.request.Children.Operations
	for i := range objects {
		one := operation{object: &objects[i]}
		known := json.Unmarshal(one.object.Spec, &one.Spec) == nil &&
			(len(one.object.Status) == 0 || json.Unmarshal(one.object.Status, &one.Status) == nil)
		switch {
		case one.object.Terminating():
		case !known || !maps.Equal(one.Spec.Parameters, children.ReplicasOf(p.o.topic.Spec.Name, want)):
			p.letGo[one.object.Name] = true
		case one.ended():
			ended = append(ended, one)
		default:
			underWay = &one
		}
	}
	return underWay, ended
}

// ended says that the operation's task has succeeded; one that fails is run again.
func (o *operation) ended() bool {
	task := o.Status.CurrentTask
	return task != nil && task.State == v1beta1.CruiseControlTaskCompleted
}

// says repeats what the operation says of itself.
func (o *operation) says() string {
	for i := range o.Status.Conditions {
		if c := &o.Status.Conditions[i]; c.Type == string(sync.Ready) {
			return ", and says: " + c.Message
		}
	}
	return ""
}

// tooFewForMinISR tells of a topic that no producer with acks=all can write.
func (p *plan) tooFewForMinISR() {
	for i := range p.topic.Partitions {
		if one := &p.topic.Partitions[i]; one.MinISR > len(one.Replicas) {
			p.problem(sync.MinISRTooHigh,
				"partition %d has %s and min.insync.replicas is %d: no producer with acks=all can write; lower it in spec.config",
				one.Partition, counted(len(one.Replicas), "replica", "replicas"), one.MinISR)
			return
		}
	}
}

// lowestReplicas is the lowest number of replicas of any partition; 0 when there are no partitions.
func (p *plan) lowestReplicas() int32 {
	lowest := int32(0)
	for i := range p.topic.Partitions {
		if n := int32(len(p.topic.Partitions[i].Replicas)); i == 0 || n < lowest {
			lowest = n
		}
	}
	return lowest
}

// otherReplicas is a number of replicas that some partition has instead of the wanted one: the lowest, if that differs.
func (p *plan) otherReplicas(want int32) int32 {
	if lowest := p.lowestReplicas(); lowest != want {
		return lowest
	}
	for i := range p.topic.Partitions {
		if n := int32(len(p.topic.Partitions[i].Replicas)); n != want {
			return n
		}
	}
	return want
}

// replicasDiffer says that a partition has another number of replicas. While a partition is moved, Kafka counts those
// that come and those that go.
func (p *plan) replicasDiffer(want int32) bool {
	for i := range p.topic.Partitions {
		if int32(len(p.topic.Partitions[i].Replicas)) != want {
			return true
		}
	}
	return false
}
