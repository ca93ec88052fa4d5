package scaling

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/graceful"
)

// Broker is a node that has the role broker, or had it when it left the spec.
type Broker struct {
	ID int32
	// Listed says that the spec lists it.
	Listed bool
	// Ready says that its Pod is ready, Starting that it is not and that nothing is known to keep it from becoming so.
	Ready, Starting bool
	// Known says that the status knows the broker, and State is what it says of it.
	Known bool
	State v1beta1.GracefulActionState
	// Held says in a clause why a broker that leaves is not to be emptied; empty when it may be.
	Held string
	// Empty says that it is proven to hold nothing.
	Empty bool
}

// Situation is what is known of the brokers of a cluster.
type Situation struct {
	Brokers []Broker
	// Partitions are Kafka's.
	Partitions *sync.Fact[[]sync.Partition]
	Operations *graceful.Set
	// Started says that the cluster has had a Cruise Control before: brokers that a cluster begins with have nothing to
	// be given.
	Started bool
	Now     time.Time
}

// Settled is what becomes of the brokers.
type Settled struct {
	// States are what Koperator's gracefulActionState says of each broker. The disks are not looked at.
	States map[int32]v1beta1.GracefulActionState
	// Waits says in a clause what a broker waits for; nothing for one that waits for nothing here.
	Waits map[int32]string
	// moves are the operations that are there or wanted, and what hinders them.
	moves []move
}

// move is something to tell of brokers that come or go.
type move struct {
	reason  sync.Reason
	message string
}

// key is the broker as operations name it.
func (b *Broker) key() string { return strconv.Itoa(int(b.ID)) }

// phase is what the status remembers of the operation for the broker, and whether that one adds or removes it.
func (b *Broker) phase() (phase graceful.Phase, adds, removes bool) {
	state := string(b.State.CruiseControlState)
	if text, ok := strings.CutPrefix(state, "GracefulUpscale"); ok {
		return graceful.Phase(text), true, false
	}
	text, ok := strings.CutPrefix(state, "GracefulDownscale")
	return graceful.Phase(text), false, ok
}

// reference is the operation that the status names for the broker.
func (s *Situation) reference(b *Broker) (graceful.Operation, bool) {
	if b.State.CruiseControlOperationReference == nil {
		return graceful.Operation{}, false
	}
	o, found := s.Operations.Named(b.State.CruiseControlOperationReference.Name)
	return o, found && o.For(b.key())
}

// on counts the replicas that a broker is known to hold.
func (s *Situation) on(id int32) int {
	partitions, _ := s.Partitions.Get()
	replicas := 0
	for i := range partitions {
		if partitions[i].On(id) {
			replicas++
		}
	}
	return replicas
}

// widest is the topic with the most replicas, and how many a partition of it has. While a partition is moved it has
// more than it is to have, so that of a topic counts which has the fewest.
func (s *Situation) widest() (topic string, factor int) {
	partitions, _ := s.Partitions.Get()
	factors := make(map[string]int)
	for i := range partitions {
		p := &partitions[i]
		if fewest, seen := factors[p.Topic]; !seen || len(p.Replicas) < fewest {
			factors[p.Topic] = len(p.Replicas)
		}
	}
	for name, replicas := range factors {
		if replicas > factor || replicas == factor && name < topic {
			topic, factor = name, replicas
		}
	}
	return topic, factor
}

// parameters of an operation for these brokers.
func parameters(ids []string) map[string]string {
	return map[string]string{graceful.BrokerID: strings.Join(ids, ",")}
}

// says is what an operation says of itself, as the end of a sentence. How far it has come it tells itself: here each
// step would be a write of the whole cluster's status.
func says(o *graceful.Operation) string {
	if o.Phase == graceful.Running && o.Unreachable == "" {
		return fmt.Sprintf("operation %s, which is under way", o.Name)
	}
	text := cmp.Or(strings.TrimRight(o.Says, ". "), "its task is about to be started")
	return fmt.Sprintf("operation %s: %s", o.Name, text)
}

// names lists brokers in a sentence.
func names(ids []string) string {
	if len(ids) == 1 {
		return "broker " + ids[0]
	}
	return "brokers " + strings.Join(ids, ", ")
}

// are keeps the brokers for which a question is answered with yes, as operations name them.
func are(brokers []Broker, is func(*Broker) bool) []string {
	var ids []string
	for i := range brokers {
		if is(&brokers[i]) {
			ids = append(ids, brokers[i].key())
		}
	}
	return slices.Clip(ids)
}

// tells is an operation in a sentence.
func tells(o *graceful.Operation) string {
	are, done := "are", "emptied"
	if len(o.Targets) == 1 {
		are = "is"
	}
	if o.Kind == v1alpha1.OperationAddBroker {
		done = "given replicas"
	}
	return fmt.Sprintf("%s %s being %s by %s", names(o.Targets), are, done, says(o))
}
