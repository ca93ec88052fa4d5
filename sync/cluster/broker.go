package cluster

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
	"github.com/kompositor/kompositor/sync/disks"
	"github.com/kompositor/kompositor/sync/podphase"
	"github.com/kompositor/kompositor/sync/properties"
)

// broker is one broker or controller: what the spec asks of it, and what of it is there.
type broker struct {
	id int32
	// listed says that the spec lists the broker. One that it no longer lists is leaving.
	listed bool
	// spec is what the broker is drawn from: the spec's, or for a leaving broker what it was last drawn from. It is nil
	// when that is not known.
	spec *v1beta1.ResolvedBroker

	pods   []*sync.Pod
	claims []*sync.PersistentVolumeClaim
	config *sync.ConfigMap
	// doubt says in a clause which object may be another broker's: then neither Pod nor claim of this one is made or let
	// go. unlabelled says which Pod of it lacks its label. Both are empty when all is well.
	doubt, unlabelled string
	// volumeStates are those of the status, by mount path.
	volumeStates map[string]v1beta1.VolumeState
	// record is the config, and seenDisks what the broker has of disks, read once; see recorded and disks.
	record    *children.Recorded
	seenDisks *disks.Broker
}

// begun says that the broker has a Pod or a volume.
func (b *broker) begun() bool { return len(b.pods)+len(b.claims) > 0 }

// recorded is what the observed ConfigMap says of the broker: nothing where there is none.
func (b *broker) recorded() children.Recorded {
	if b.config != nil && b.record == nil {
		b.record = new(children.Record(b.config.Data))
	} else if b.record == nil {
		return children.Recorded{}
	}
	return *b.record
}

// pod is the broker's Pod, nil when there is none.
func (b *broker) pod() *sync.Pod {
	if len(b.pods) == 0 {
		return nil
	}
	return b.pods[0]
}

// claimed says that a claim of that name is observed.
func (b *broker) claimed(name string) bool {
	return slices.ContainsFunc(b.claims, func(claim *sync.PersistentVolumeClaim) bool { return claim.Name == name })
}

// phase is where the broker's Pod stands, and in Kubernetes' own words why it does not start.
func (b *broker) phase() (podphase.Phase, string) { return podphase.Of(b.pods) }

// runs says that a process of the broker may be up, so that stopping its Pod could take something away.
func (b *broker) runs(now time.Time) bool {
	return podphase.MayRun(b.pods, children.KafkaContainer, b.config != nil, now)
}

// blamed names the keys of its configuration that Kafka's last words name, as the end of a sentence.
func (b *broker) blamed() string {
	if b.config == nil {
		return ""
	}
	config, _ := properties.Parse(b.config.Data[children.BrokerConfigKey])
	keys := podphase.Blamed(b.pods, children.KafkaContainer, slices.Sorted(maps.Keys(config.Map())))
	if len(keys) == 0 {
		return ""
	}
	return ", and the end of its log names " + strings.Join(keys, ", ")
}

// changedKeys names the keys of the broker's configuration that a restart would change to data.
func (b *broker) changedKeys(data map[string]string) []string {
	if b.config == nil {
		return nil
	}
	return children.Differences(b.config.Data, data)
}

// isController says that the broker votes in the KRaft quorum.
func (b *broker) isController() bool { return b.spec != nil && b.spec.IsController() }

// isBroker says that the broker holds partitions. One that we know nothing of is taken to hold some.
func (b *broker) isBroker() bool { return b.spec == nil || b.spec.IsBroker() }

// key is the broker's in status.brokersState.
func (b *broker) key() string { return fmt.Sprint(b.id) }

// String names the broker in messages.
func (b *broker) String() string {
	if b.spec != nil && b.spec.IsControllerOnly() {
		return fmt.Sprintf("controller %d", b.id)
	}
	return fmt.Sprintf("broker %d", b.id)
}

// ids lists brokers in messages, a few by name.
func ids(brokers []*broker) string {
	const named = 5
	names := make([]string, 0, named+1)
	for i, b := range brokers {
		if i == named {
			names = append(names, fmt.Sprintf("and %d more", len(brokers)-named))
			break
		}
		names = append(names, fmt.Sprint(b.id))
	}
	return strings.Join(names, ", ")
}
