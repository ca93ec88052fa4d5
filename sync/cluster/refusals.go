package cluster

import (
	"fmt"
	"slices"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
	"github.com/kompositor/kompositor/sync/upgrade"
)

// What the spec asks of a broker and Kafka can not do is refused part by part: the broker is drawn with that part as it
// was, a condition says why, and everything else goes on.

// refuse looks at every broker of the spec.
func (s *stock) refuse() {
	fixed := s.o.fixedVoters()
	s.o.brokers = slices.DeleteFunc(s.o.brokers, func(b *broker) bool {
		switch {
		case !b.listed:
			return false
		case !b.begun() && s.diskless(b):
			s.refusals.Add(sync.VolumesAsSpecified, "%s is not started: it has no disk; list one in storageConfigs of it or "+
				"of its group", b)
			return true
		case !s.o.parent.Spec.KRaft:
			return false
		}
		s.keepRoles(b)
		s.keepImage(b)
		if b.begun() || !b.isController() || len(fixed) == 0 || slices.Contains(fixed, b.id) {
			return false
		}
		s.refusals.Add(sync.QuorumAsSpecified, "%s is not started: the quorum is static, and its voters are %v for life; "+
			"take it out of the spec, or give it the role broker alone", b, fixed)
		return true
	})
}

// diskless says that a broker would have no log directory. Kafka would write to its image, and does not start.
func (s *stock) diskless(b *broker) bool {
	config := s.readOnlyConfig(b)
	return len(b.spec.StorageConfigs) == 0 && config["log.dirs"] == "" && config["log.dir"] == ""
}

// keepRoles keeps the roles of a broker that has begun: its vote, its replicas and its address hang on them.
func (s *stock) keepRoles(b *broker) {
	if b.config == nil || !b.begun() {
		return
	}
	roles := b.recorded().Roles()
	was, is := slices.Sorted(slices.Values(roles)), slices.Sorted(slices.Values(b.spec.Roles))
	if len(roles) == 0 {
		return
	}
	if !slices.Equal(slices.Compact(was), slices.Compact(is)) {
		s.refusals.Add(sync.QuorumAsSpecified, "%s keeps the roles %v and does not get %v: add a broker with another id, "+
			"and take this one out of the spec", b, roles, b.spec.Roles)
	}
	b.spec.Roles = roles // another order means the same to Kafka, and restarts nobody
}

// keepImage keeps a broker's image, or gives that of another one, where the asked one can not run in their cluster.
func (s *stock) keepImage(b *broker) {
	version := v1beta1.KafkaVersionOfImage(b.spec.Image)
	why := upgrade.Refuses(version, s.o.parent.Status.KRaft.MetadataVersion.Finalized)
	if version.AtLeast(4, 0) && s.readOnlyConfig(b)["migration.broker.kRaftMode"] == "false" {
		why = "Kafka 4 has no ZooKeeper: finish the migration first"
	}
	if why == "" {
		return
	}
	_, stuck := b.phase()
	kept := s.o.imageOf(b)
	for i := 0; (kept == "" || kept == b.spec.Image && stuck != "") && i < len(s.o.brokers); i++ {
		kept = s.o.imageOf(s.o.brokers[i])
	}
	if kept == "" || kept == b.spec.Image {
		return
	}
	s.refusals.Add(sync.UpgradeComplete, "%s keeps the image %s and does not get %s: %s", b, kept, b.spec.Image, why)
	b.spec.Image, b.spec.Defaulted.Image, s.keeps[b.id] = kept, kept == v1beta1.DefaultKafkaImage, kept == s.o.imageOf(b)
}

// imageOf is the image that a broker runs, or last ran; empty when it never did.
func (o *Observed) imageOf(b *broker) string {
	old := o.parent.Status.BrokersState[fmt.Sprint(b.id)]
	if pod := b.pod(); pod != nil {
		old.Image, _ = runningImage(pod, old)
	}
	return old.Image
}

// fixedVoters are the voters of a static quorum that has formed: those that its nodes are configured with. None where
// voters can be changed, and where they are not known.
func (o *Observed) fixedVoters() []int32 {
	if !o.parent.Spec.KRaft || !o.quorumFormed() || o.quorumMode() != children.StaticQuorum {
		return nil
	}
	for _, b := range o.brokers {
		if fixed := b.recorded().Voters(); len(fixed) > 0 {
			return fixed
		}
	}
	return nil
}
