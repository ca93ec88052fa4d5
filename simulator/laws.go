package simulator

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/brokers"
	"github.com/kompositor/kompositor/simulator/identity"
	"github.com/kompositor/kompositor/simulator/metacontroller"
	"github.com/kompositor/kompositor/simulator/reasons"
)

// Law is one of the invariants that hold in every world.
type Law string

// The laws, in the order of the design.
const (
	dataKept     Law = "a volume, or a broker with data, is let go only on proof"
	unavailable  Law = "no more brokers are down by our choice than the budget allows"
	partitionsUp Law = "no partition goes below min.insync.replicas by our choice"
	quorumKept   Law = "the quorum keeps its majority"
	identityKept Law = "a broker keeps its volumes and its id, a cluster its id"
	sameBytes    Law = "the same request gets the same bytes, and is not changed"
	noHotLoop    Law = "a settled cluster writes nothing"
	invalidHeld  Law = "an invalid spec changes nothing that runs"
	pauseHeld    Law = "a paused cluster is left as it is"
	recordsKept  Law = "an acknowledged record is never lost"
	startedOnce  Law = "a task is started once and alone, and only its own is stopped"
	restartHeld  Law = "a new release restarts no broker by itself"
	secretsKept  Law = "a Secret's value appears in Secrets only"
	GateIdle     Law = "the gate finds nothing to refuse"
	accepted     Law = "every child is accepted by the API server, and every call is answered"
)

// Breach is a law that was broken.
type Breach struct {
	Tick int
	Law  Law
	Text string
}

// String says what happened.
func (b Breach) String() string { return fmt.Sprintf("tick %d: %s: %s", b.Tick, b.Law, b.Text) }

// laws watches a world.
type laws struct {
	world    *World
	breaches []Breach
	// wasReady are the brokers that were ready once; a new one that starts is not unavailable.
	wasReady map[string]bool
	// letGo are the brokers that are down by our choice, until they are ready again.
	letGo    map[string]bool
	reasons  *reasons.Reasons
	lost     map[string]bool // losses that were reported
	orphaned map[string]bool // tasks without an operation that were reported
	seen     int             // of Kafka's violations
	// endangered is how many of the changes that endangered a quorum were reported.
	endangered int
	// looks counts how often each law was looked at where it could have been broken.
	looks map[Law]int
}

func newLaws(w *World) *laws {
	return &laws{
		world: w, wasReady: map[string]bool{}, letGo: map[string]bool{}, lost: map[string]bool{},
		reasons: reasons.New(w.Server), orphaned: map[string]bool{}, looks: map[Law]int{},
	}
}

func (l *laws) looked(law Law) { l.looks[law]++ }

func (l *laws) broken(law Law, format string, args ...any) {
	l.breaches = append(l.breaches, Breach{Tick: l.world.tick, Law: law, Text: fmt.Sprintf(format, args...)})
}

// excuse takes back the breaches of a law from one on.
func (l *laws) excuse(law Law, from int) {
	l.breaches = append(l.breaches[:from:from], slices.DeleteFunc(l.breaches[from:], func(b Breach) bool {
		return b.Law == law
	})...)
}

// tick checks what the world shows by itself.
func (l *laws) tick() {
	kafka := l.world.Kafka
	l.looked(identityKept)
	for ; l.seen < len(kafka.Violations); l.seen++ {
		l.broken(identityKept, "%s", kafka.Violations[l.seen])
	}
	for ; l.endangered < len(kafka.Endangered); l.endangered++ {
		l.broken(quorumKept, "%s", kafka.Endangered[l.endangered])
	}
	for _, name := range kafka.Names() {
		l.looked(recordsKept)
		if loss := kafka.Cluster(name).Lost(); loss != "" && !l.lost[name] {
			l.lost[name] = true
			l.broken(recordsKept, "%s", loss)
		}
	}
	l.executions()
	for _, pod := range l.world.Server.List(podKind) {
		if PodReady(pod) {
			l.wasReady[brokerOf(pod)] = true
			delete(l.letGo, brokerOf(pod))
		}
	}
}

// executions checks that nothing is executed for an operation that is gone, or that has said that it is done. One that
// was told that there is no such task may go.
func (l *laws) executions() {
	for _, execution := range l.world.controls.Executions() {
		if l.world.goes(execution.Cluster) {
			continue
		}
		l.looked(startedOnce)
		owner, exists := l.world.controls.OperationOf(execution.Reason)
		switch {
		case !exists && !l.orphaned[execution.Task] && !l.world.denied[execution.Task]:
			l.orphaned[execution.Task] = true
			l.broken(startedOnce, "%s is executed, and its operation is gone", execution.Reason)
		case apiserver.String(owner, "status", "currentTask", "state") == "Completed":
			l.broken(startedOnce, "%s is executed, and its operation says that it is completed", execution.Reason)
		}
	}
}

// goes says that a cluster is gone or being deleted. Its Cruise Control goes with it, whatever it executes.
func (w *World) goes(cluster string) bool {
	namespace, name, _ := strings.Cut(cluster, "/")
	parent, exists := w.Server.Get(apiserver.Key{Kind: clusterKind, Namespace: namespace, Name: name})
	return !exists || apiserver.Terminating(parent)
}

// call checks what one pass did.
func (l *laws) call(call *metacontroller.Call) {
	l.looked(accepted)
	if err := l.world.unexplained(call.Err); err != nil {
		l.broken(accepted, "%s: %v", call.Hook, err)
	}
	writes := l.world.Server.Writes()[call.FirstWrite:call.LastWrite]
	l.secrets(call)
	l.gate(call)
	l.reasons.Told(call.Parent)
	// To delete the cluster is no part of its spec.
	held := call.Answer != nil && specInvalid(call.Answer.Status) && !apiserver.Terminating(call.Parent)
	if held {
		l.looked(invalidHeld)
	}
	if paused(call.Parent) {
		l.looked(pauseHeld)
	}
	gone := map[string]bool{}
	for i := range writes {
		write := &writes[i]
		if l.world.isParent(write.Key.Kind) || write.Actor != "metacontroller" {
			continue
		}
		if held && write.Changed() && !l.putsBack(call, write) {
			l.broken(invalidHeld, "metacontroller %s %s", write.Verb, write.Key)
		}
		if paused(call.Parent) && write.Changed() && !l.putsBack(call, write) {
			l.broken(pauseHeld, "metacontroller %s %s", write.Verb, write.Key)
		}
		l.configChanged(write)
		l.noted(call, write)
		if write.Verb != apiserver.Deleting || !write.Changed() || apiserver.Terminating(call.Parent) {
			continue
		}
		switch write.Key.Kind {
		case claimKind:
			l.claimDeleted(call.Parent, write)
		case podKind:
			l.restarted(call, write)
			l.podDeleted(call, write, gone)
			gone[identity.Broker(write.Old)] = true
			l.letGo[brokerOf(write.Old)] = true
		}
	}
}

// paused says that the user asked for no change, and did not delete the parent since.
func paused(parent apiserver.Object) bool {
	return apiserver.String(parent, "metadata", "annotations", "kompositor.io/pause") == "true" &&
		!apiserver.Terminating(parent)
}

// specInvalid says that a status calls the spec invalid.
func specInvalid(status apiserver.Object) bool {
	for _, condition := range apiserver.List(status, "conditions") {
		if apiserver.String(condition, "type") == "SpecValid" {
			return apiserver.String(condition, "status") == "False"
		}
	}
	return false
}

// kafkaOf returns the Kafka cluster of a child and the child's broker id.
func (l *laws) kafkaOf(child apiserver.Object) (*brokers.Cluster, int32) {
	id, err := strconv.ParseInt(identity.Broker(child), 10, 32)
	if err != nil {
		return nil, -1
	}
	return l.world.Kafka.Cluster(identity.Cluster(child)), int32(id)
}
