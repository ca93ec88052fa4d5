package disks

import (
	"cmp"
	"fmt"
	"path"
	"slices"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
	"github.com/kompositor/kompositor/sync/graceful"
)

// Broker is one broker as far as its disks are concerned.
type Broker struct {
	ID int32
	// Listed are the log directories that the spec lists, as Dir writes them.
	Listed []string
	// Configured are the log directories of the broker's ConfigMap; none when there is no ConfigMap.
	Configured []string
	Pods       []*sync.Pod
	Claims     []*sync.PersistentVolumeClaim
	// Dir is the log directory on a claim; empty when the claim does not tell it.
	Dir func(*sync.PersistentVolumeClaim) string
	// States are those of the status, by mount path.
	States map[string]v1beta1.VolumeState
	// Controller says that the broker is a controller too: what it wrote and whom it voted for is on its disk.
	Controller bool
}

// Leaving are the claims whose log directory the spec no longer lists, or had not listed when the broker was restarted
// without it. One that is being deleted counts for as long as a running Pod mounts it: until then Kubernetes keeps it,
// and what it holds.
func (b *Broker) Leaving() []*sync.PersistentVolumeClaim {
	var leaving []*sync.PersistentVolumeClaim
	for _, claim := range b.Claims {
		dir := b.Dir(claim)
		left := dir != "" && !contains(b.Listed, dir) && (!claim.Terminating() || b.mounts(claim))
		if left || b.returned(claim) {
			leaving = append(leaving, claim)
		}
	}
	return leaving
}

// returned says that the spec lists a log directory again that the broker runs without already. What was the first
// directory has a metadata log in it, with which Kafka does not start in another place: it gets another volume.
func (b *Broker) returned(claim *sync.PersistentVolumeClaim) bool {
	emptied := graceful.Succeeded.DiskRemoval()
	return b.States[mountPath(claim)].CruiseControlVolumeState == emptied && b.Dir(claim) != "" &&
		contains(b.Listed, b.Dir(claim)) && !claim.Terminating() && b.Without(claim)
}

// Deleted are the claims of listed log directories that somebody has deleted and that a running Pod mounts. Kubernetes
// keeps such a claim, and what it holds, for as long as the Pod is there, and another one is made meanwhile.
func (b *Broker) Deleted() []*sync.PersistentVolumeClaim {
	var deleted []*sync.PersistentVolumeClaim
	for _, claim := range b.Claims {
		if claim.Terminating() && contains(b.Listed, b.Dir(claim)) && b.mounts(claim) {
			deleted = append(deleted, claim)
		}
	}
	return deleted
}

// mounts says that a Pod of the broker mounts the claim and is not being deleted.
func (b *Broker) mounts(claim *sync.PersistentVolumeClaim) bool {
	return slices.ContainsFunc(b.Pods, func(pod *sync.Pod) bool { return !pod.Terminating() && pod.Mounts(claim.Name) })
}

// Without says that the broker is configured without the log directory on a claim, and that no Pod that is to run on
// mounts it: the step that needed proof is done.
func (b *Broker) Without(claim *sync.PersistentVolumeClaim) bool {
	return len(b.Configured) > 0 && !contains(b.Configured, b.Dir(claim)) && !b.mounts(claim)
}

// Settled is what becomes of the log directories of one broker that the spec no longer lists.
type Settled struct {
	// Empty are the claims that the running broker mounts and is to do without from its next start on: Kafka reports their
	// log directories empty, or they are given up. Because says it of the first of them.
	Empty   []*sync.PersistentVolumeClaim
	Because string
	// Gone are the claims that may go.
	Gone []*sync.PersistentVolumeClaim
	// Back are the claims that the broker runs without and is to mount again: something may have been left there.
	Back []*sync.PersistentVolumeClaim
	// Waits says why the first of those is kept that are.
	Waits string
	// Deleted says why the broker must not restart although the claim of a listed log directory is deleted, and what its
	// user can do.
	Deleted string
}

func (s *Settled) empty(claim *sync.PersistentVolumeClaim, because string) {
	s.Empty, s.Because = append(s.Empty, claim), cmp.Or(s.Because, because)
}

// Settle decides.
func (b *Broker) Settle(kafka *sync.KafkaFacts) Settled {
	var settled Settled
	for _, claim := range b.Leaving() {
		dir, why := b.Dir(claim), Holds(kafka, b.ID, b.Dir(claim))
		dead := offline(kafka, b.ID, dir)
		headless, known := leaderless(kafka, b.ID)
		switch {
		case why == "" && b.mounts(claim):
			settled.empty(claim, "Kafka reports no replica in "+dir+", which the spec no longer lists")
			continue
		case why == "":
			why = b.MustStay(kafka, claim)
		case dead && claim.Terminating() && known && headless == "":
			// What was acknowledged is elsewhere: everything that has a replica on the broker has a leader.
			settled.empty(claim, dir+" is offline, the spec no longer lists it, and its claim is deleted")
			continue
		case dead && claim.Terminating():
			why += "; its claim is deleted, and it may hold the last copy of what lacks a leader: " +
				cmp.Or(headless, "nobody knows")
		case dead:
			why += fmt.Sprintf("; repair the volume and restart the broker, or delete claim %s to give up what is in it",
				claim.Name)
		case b.returned(claim) && headless != "":
			settled.Back = append(settled.Back, claim)
			settled.Because = fmt.Sprintf("the spec lists %s again, and it may hold what lacks a leader: %s", dir, headless)
			continue
		case claim.Terminating() && b.mounts(claim):
			why = fmt.Sprintf("claim %s is deleted, and the broker does not restart before that is empty: %s", claim.Name, why)
		}
		if why == "" {
			settled.Gone = append(settled.Gone, claim)
		} else if settled.Waits == "" {
			settled.Waits = why
		}
	}
	for _, claim := range b.Deleted() {
		b.replace(kafka, claim, &settled)
	}
	return settled
}

// replace decides about a claim that is deleted and whose log directory the spec lists: the broker restarts with the
// one that takes its place when nothing is lost with it.
func (b *Broker) replace(kafka *sync.KafkaFacts, claim *sync.PersistentVolumeClaim, settled *Settled) {
	dir := b.Dir(claim)
	why := Holds(kafka, b.ID, dir)
	headless, known := leaderless(kafka, b.ID)
	switch {
	case b.Controller:
		settled.Deleted = fmt.Sprintf("claim %s is deleted, and the metadata of a controller that it holds is lost when its "+
			"Pod goes: add a broker with another id, and take this one out of the spec", claim.Name)
	case why == "":
		settled.empty(claim, "Kafka reports no replica in "+dir+", and its claim is deleted")
	case offline(kafka, b.ID, dir) && known && headless == "":
		settled.empty(claim, dir+" is offline, and its claim is deleted")
	case offline(kafka, b.ID, dir):
		settled.Deleted = fmt.Sprintf("claim %s is deleted, and %s may hold the last copy of what lacks a leader: %s",
			claim.Name, dir, cmp.Or(headless, "nobody knows"))
	default:
		settled.Deleted = fmt.Sprintf("claim %s is deleted, and what it holds is lost when its Pod goes: %s; take %s out of "+
			"storageConfigs to have it emptied, or delete the Pod to have its replicas made again from the others",
			claim.Name, why, mountPath(claim))
	}
}

// MustStay says why the claim behind a log directory may not go; empty when it may: the spec does not list the
// directory, the broker runs without it, and Kafka misses nothing.
func (b *Broker) MustStay(kafka *sync.KafkaFacts, claim *sync.PersistentVolumeClaim) string {
	mounted := func(pod *sync.Pod) bool { return pod.Mounts(claim.Name) }
	switch dir := b.Dir(claim); {
	case dir == "":
		return "which log directory it holds is not known"
	case contains(b.Listed, dir) && !b.returned(claim):
		return "the spec lists its log directory"
	case slices.ContainsFunc(b.Pods, mounted):
		return "its broker's Pod still mounts it"
	case !b.Without(claim):
		return "its broker is still configured with its log directory"
	case !slices.ContainsFunc(b.Pods, (*sync.Pod).Ready):
		return "its broker is not ready without it"
	default:
		return Holds(kafka, b.ID, dir)
	}
}

// Loses says why a broker may not get a configuration with these log directories; empty when it may: of those that it
// is configured with and that are on a claim, it loses only such as Kafka itself reports empty.
func (b *Broker) Loses(kafka *sync.KafkaFacts, dirs []string) string {
	for _, claim := range b.Claims {
		dir := b.Dir(claim)
		had := len(b.Configured) == 0 || contains(b.Configured, dir)
		if dir == "" || claim.Terminating() || !had || contains(dirs, dir) {
			continue
		}
		if why := Holds(kafka, b.ID, dir); why != "" {
			return fmt.Sprintf("%s would be taken from it although %s", dir, why)
		}
	}
	return ""
}

// TakesAway says which broker would lose a log directory with one of these ConfigMaps that it may not lose; empty when
// none would.
func TakesAway(kafka *sync.KafkaFacts, cluster string, drawn []sync.Child, brokers []*Broker) string {
	anew := make(map[string]children.Recorded)
	for i := range drawn {
		if record, ok := children.RecordOf(&drawn[i]); ok {
			anew[drawn[i].Name] = record
		}
	}
	for _, b := range brokers {
		if record, ok := anew[children.ConfigMapName(cluster, b.ID)]; ok {
			if why := b.Loses(kafka, record.LogDirs()); why != "" {
				return fmt.Sprintf("of broker %d %s", b.ID, why)
			}
		}
	}
	return ""
}

func contains(dirs []string, dir string) bool {
	return slices.ContainsFunc(dirs, func(other string) bool {
		return other == dir || path.Clean(other) == path.Clean(dir)
	})
}
