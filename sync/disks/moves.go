package disks

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
	"github.com/kompositor/kompositor/sync/graceful"
)

// pause is the shortest time from the end of an operation that has left replicas behind to the next one.
const pause = time.Minute

// Node is a broker of the spec whose disks are given replicas or emptied.
type Node struct {
	Broker
	// Ready says that its Pod is ready.
	Ready bool
	// Last says that it would have no disk left, so that nothing is emptied.
	Last bool
}

// Situation is what is known of the disks of a cluster.
type Situation struct {
	Nodes      []Node
	Kafka      *sync.KafkaFacts
	Operations *graceful.Set
	// Started says that the cluster has had a Cruise Control before: disks that it begins with have nothing to be given.
	Started bool
	Now     time.Time
}

// Moves is what becomes of replicas on disks that come and go.
type Moves struct {
	// States are Koperator's volumeStates of each broker, by mount path.
	States map[int32]map[string]v1beta1.VolumeState
	// Waits says in a clause what a broker's disks wait for; nothing for one whose disks wait for nothing here.
	Waits map[int32]string
}

// Move decides which operations Cruise Control has for disks. What they say proves nothing: Settle looks at Kafka
// alone.
func (s *Situation) Move() Moves {
	m := Moves{States: make(map[int32]map[string]v1beta1.VolumeState), Waits: make(map[int32]string)}
	s.empty(&m)
	s.fill(&m)
	return m
}

// set notes the state of a disk.
func (m *Moves) set(n *Node, claim *sync.PersistentVolumeClaim, state v1beta1.VolumeState) {
	if m.States[n.ID] == nil {
		m.States[n.ID] = make(map[string]v1beta1.VolumeState)
	}
	m.States[n.ID][mountPath(claim)] = state
}

// empty has the disks emptied that the spec no longer lists.
func (s *Situation) empty(m *Moves) {
	want := graceful.Want{Kind: v1alpha1.OperationRemoveDisks, Parameters: func(targets []string) map[string]string {
		return map[string]string{graceful.BrokerLogDirs: strings.Join(targets, ",")}
	}}
	for i := range s.Nodes {
		n := &s.Nodes[i]
		for _, dir := range n.Listed {
			want.Against = append(want.Against, target(n, dir))
		}
		for _, claim := range n.Leaving() {
			if Holds(s.Kafka, n.ID, n.Dir(claim)) == "" || !n.mounts(claim) {
				continue
			}
			to := target(n, n.Dir(claim))
			want.Needed = append(want.Needed, to)
			if n.Ready && !n.Last && replicasIn(s.Kafka, n.ID, n.Dir(claim)) > 0 && s.resting(to) == 0 {
				want.Due = append(want.Due, to)
			}
		}
	}
	want.Against = append(want.Against, s.outdated(want.Needed)...)
	standing := s.Operations.Settle(want)
	for i := range s.Nodes {
		n := &s.Nodes[i]
		for _, claim := range n.Leaving() {
			s.emptied(m, n, claim, standing)
		}
	}
}

// outdated are the log directories of operations that are still to be started, or run again, and that a broker may not
// have any more: Cruise Control would refuse the whole operation.
func (s *Situation) outdated(needed []string) []string {
	var gone []string
	for _, o := range s.Operations.Observed() {
		if o.Kind != v1alpha1.OperationRemoveDisks || o.Done || o.Phase == graceful.Running {
			continue
		}
		for _, to := range o.Targets {
			if !slices.Contains(needed, to) {
				gone = append(gone, to)
			}
		}
	}
	return gone
}

// emptied notes how far a disk is with being emptied.
func (s *Situation) emptied(
	m *Moves, n *Node, claim *sync.PersistentVolumeClaim, standing map[string]graceful.Operation,
) {
	to := target(n, n.Dir(claim))
	o, stands := standing[to]
	why := ""
	switch {
	case Holds(s.Kafka, n.ID, n.Dir(claim)) == "" || !n.mounts(claim):
		m.set(n, claim, v1beta1.VolumeState{CruiseControlVolumeState: graceful.Succeeded.DiskRemoval()})
		return
	case stands:
		m.set(n, claim, state(o.Phase.DiskRemoval(), o.Name))
		why = "it is being emptied by " + says(&o)
	case replicasIn(s.Kafka, n.ID, n.Dir(claim)) == 0:
		m.set(n, claim, state(graceful.Required.DiskRemoval(), ""))
	case s.resting(to) > 0:
		m.set(n, claim, state(graceful.Required.DiskRemoval(), ""))
		why = "an operation has ended before that, and the next one is made a minute after its end"
	default:
		m.set(n, claim, state(graceful.Required.DiskRemoval(), ""))
		why = s.Operations.Waits
	}
	if why != "" {
		m.Waits[n.ID] = cmp.Or(m.Waits[n.ID], why)
	}
}

// resting is how long it is until another operation may be made for a log directory.
func (s *Situation) resting(to string) time.Duration {
	last, found := s.Operations.Last(v1alpha1.OperationRemoveDisks, to)
	if !found || last.Finished.IsZero() {
		return 0
	}
	return max(0, pause-s.Now.Sub(last.Finished)).Round(time.Second)
}

// fill has the disks given replicas that have come, once every broker runs with its own.
func (s *Situation) fill(m *Moves) {
	want := graceful.Want{Kind: v1alpha1.OperationRebalance, Parameters: func(ids []string) map[string]string {
		return map[string]string{graceful.Destinations: strings.Join(ids, ","), "rebalance_disk": "true"}
	}}
	waits := false
	for i := range s.Nodes {
		n := &s.Nodes[i]
		if needed, runs := s.needs(n); needed {
			want.Needed = append(want.Needed, strconv.Itoa(int(n.ID)))
			waits = waits || !runs
		}
	}
	if !waits {
		want.Due = want.Needed
	}
	standing := s.Operations.Settle(want)
	for i := range s.Nodes {
		n := &s.Nodes[i]
		for _, claim := range n.Claims {
			s.filled(m, n, claim, standing)
		}
	}
}

// filled notes how far a disk is with being given replicas.
func (s *Situation) filled(
	m *Moves, n *Node, claim *sync.PersistentVolumeClaim, standing map[string]graceful.Operation,
) {
	phase, fills := s.phaseOf(n, claim)
	if !fills {
		return
	}
	o, stands := standing[strconv.Itoa(int(n.ID))]
	was := n.States[mountPath(claim)].CruiseControlOperationReference
	switch {
	case phase != graceful.Required && was != nil:
		m.set(n, claim, state(phase.DiskRebalance(), was.Name))
	case phase != graceful.Required:
		m.set(n, claim, state(phase.DiskRebalance(), ""))
	case stands:
		m.set(n, claim, state(o.Phase.DiskRebalance(), o.Name))
		m.Waits[n.ID] = cmp.Or(m.Waits[n.ID], fmt.Sprintf("%s is being given replicas by %s", n.Dir(claim), says(&o)))
	default:
		m.set(n, claim, state(graceful.Required.DiskRebalance(), ""))
		why := cmp.Or(s.Operations.Waits, "every broker is to run with its own first")
		m.Waits[n.ID] = cmp.Or(m.Waits[n.ID], fmt.Sprintf("%s is to be given replicas; %s", n.Dir(claim), why))
	}
}

// needs says that a disk of a node is to be given replicas, and that the node runs with all such disks.
func (s *Situation) needs(n *Node) (needed, runs bool) {
	runs = n.Ready
	for _, claim := range n.Claims {
		if phase, is := s.phaseOf(n, claim); is && phase == graceful.Required {
			needed = true
			runs = runs && n.mounts(claim) && contains(n.Configured, n.Dir(claim))
		}
	}
	return needed, runs
}

// fresh says that a disk is new to a broker that has others: it is configured without it, or a Pod of it is still there
// that does not mount it.
func (n *Node) fresh(claim *sync.PersistentVolumeClaim) bool {
	lacks := func(pod *sync.Pod) bool { return len(pod.Spec.Volumes) > 0 && !pod.Mounts(claim.Name) }
	return len(n.Configured) > 0 && len(n.Listed) > 1 &&
		(!contains(n.Configured, n.Dir(claim)) || slices.ContainsFunc(n.Pods, lacks))
}

// phaseOf is how far a disk of the spec is with being given replicas; false for one that the broker always had. One
// whose removal was taken back after it had begun is as good as new.
func (s *Situation) phaseOf(n *Node, claim *sync.PersistentVolumeClaim) (graceful.Phase, bool) {
	dir := n.Dir(claim)
	if dir == "" || claim.Terminating() || !contains(n.Listed, dir) || n.returned(claim) {
		return "", false
	}
	state, known := n.States[mountPath(claim)]
	word := string(state.CruiseControlVolumeState)
	if phase, fills := strings.CutPrefix(word, "GracefulDiskRebalance"); fills {
		return s.goesOn(n, &state, graceful.Phase(phase)), true
	}
	phase, empties := strings.CutPrefix(word, "GracefulDiskRemoval")
	begun := empties && phase != string(graceful.Required) && phase != string(graceful.Scheduled)
	switch {
	case !begun && (known || !n.fresh(claim)):
		return "", false
	case !s.Started:
		return graceful.Succeeded, true
	}
	return graceful.Required, true
}

// goesOn is the phase of a disk that the status knows: that of its operation once it has ended, else it is still to be
// given replicas.
func (s *Situation) goesOn(n *Node, state *v1beta1.VolumeState, phase graceful.Phase) graceful.Phase {
	if phase == graceful.Succeeded {
		return phase
	}
	if reference := state.CruiseControlOperationReference; reference != nil {
		if o, found := s.Operations.Named(reference.Name); found && o.Done && o.For(strconv.Itoa(int(n.ID))) {
			return o.Phase
		}
	}
	return graceful.Required
}

// replicasIn counts the replicas that a log directory is known to hold.
func replicasIn(kafka *sync.KafkaFacts, broker int32, dir string) int {
	dirs, _ := dirsOf(kafka, broker)
	for i := range dirs {
		if dirs[i].Error == "" && contains([]string{dirs[i].Path}, dir) {
			return dirs[i].Replicas
		}
	}
	return 0
}

// target is a log directory as Cruise Control writes it.
func target(n *Node, dir string) string { return fmt.Sprintf("%d-%s", n.ID, dir) }

// mountPath is where a claim is mounted.
func mountPath(claim *sync.PersistentVolumeClaim) string {
	return claim.Annotations.Values[children.MountPathAnnotation]
}

func state(word v1beta1.CruiseControlVolumeState, operation string) v1beta1.VolumeState {
	state := v1beta1.VolumeState{CruiseControlVolumeState: word}
	if operation != "" {
		state.CruiseControlOperationReference = &corev1.LocalObjectReference{Name: operation}
	}
	return state
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
