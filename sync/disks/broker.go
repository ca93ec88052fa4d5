package disks

import (
	"fmt"
	"path"
	"slices"

	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
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
}

// Leaving are the claims whose log directory the spec no longer lists. One that is being deleted counts for as long as
// a running Pod mounts it: until then Kubernetes keeps it, and what it holds.
func (b *Broker) Leaving() []*sync.PersistentVolumeClaim {
	var leaving []*sync.PersistentVolumeClaim
	for _, claim := range b.Claims {
		dir := b.Dir(claim)
		if dir != "" && !contains(b.Listed, dir) && (!claim.Terminating() || b.mounts(claim)) {
			leaving = append(leaving, claim)
		}
	}
	return leaving
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
	// log directories empty.
	Empty []*sync.PersistentVolumeClaim
	// Gone are the claims that may go.
	Gone []*sync.PersistentVolumeClaim
	// Waits says why the first of those is kept that are.
	Waits string
}

// Settle decides.
func (b *Broker) Settle(kafka *sync.KafkaFacts) Settled {
	var settled Settled
	for _, claim := range b.Leaving() {
		why := Holds(kafka, b.ID, b.Dir(claim))
		switch {
		case why == "" && b.mounts(claim):
			settled.Empty = append(settled.Empty, claim)
			continue
		case why == "":
			why = b.MustStay(kafka, claim)
		}
		if why == "" {
			settled.Gone = append(settled.Gone, claim)
		} else if settled.Waits == "" {
			settled.Waits = why
		}
	}
	return settled
}

// MustStay says why the claim behind a log directory may not go; empty when it may: the spec does not list the
// directory, the broker runs without it, and Kafka misses nothing.
func (b *Broker) MustStay(kafka *sync.KafkaFacts, claim *sync.PersistentVolumeClaim) string {
	mounted := func(pod *sync.Pod) bool { return pod.Mounts(claim.Name) }
	switch dir := b.Dir(claim); {
	case dir == "":
		return "which log directory it holds is not known"
	case contains(b.Listed, dir):
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
	return slices.ContainsFunc(dirs, func(other string) bool { return path.Clean(other) == path.Clean(dir) })
}
