package takeover

import (
	"fmt"
	"maps"
	"strings"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
)

// AnnotationAsked on a Pod is what the CR asked of the broker when the Pod was drawn, as one fingerprint for each part
// of it. On the ConfigMap of a broker that was taken over it is what the CR asked then.
const AnnotationAsked = "kompositor.io/asked"

// owed, behind the fingerprints, says that Koperator had changed the configuration and not restarted the broker.
const owed = ",koperator=" + string(v1beta1.ConfigOutOfSync)

// Broker is what of one broker was found.
type Broker struct {
	ID int32
	// Pod and Config are nil when there is none.
	Pod    *sync.Pod
	Config *sync.ConfigMap
	Claims []*sync.PersistentVolumeClaim
	// State is what the status says of it.
	State v1beta1.BrokerState
}

// Adopted says that another operator has made the Pod.
func (b *Broker) Adopted() bool {
	return b.Pod != nil && b.Pod.Annotations.Values[AnnotationAsked] == ""
}

// note is what was noted when the broker was taken over; empty when nothing was.
func (b *Broker) note() string {
	if b.Config == nil || !b.Adopted() {
		return ""
	}
	return b.Config.Annotations.Values[AnnotationAsked]
}

// Asked is what the CR asked of the broker when its Pod was drawn, or when it was taken over; empty when that is not
// noted yet.
func (b *Broker) Asked() string {
	if b.Pod == nil {
		return ""
	}
	if asked := b.Pod.Annotations.Values[AnnotationAsked]; asked != "" {
		return asked
	}
	return strings.TrimSuffix(b.note(), owed)
}

// Owed says that Koperator had changed the configuration of the broker and not restarted it yet: its Pod does not run
// what its ConfigMap says.
func (b *Broker) Owed() bool {
	note := b.note()
	return note == "" && b.Adopted() && b.State.ConfigurationState == v1beta1.ConfigOutOfSync ||
		strings.HasSuffix(note, owed)
}

// Frozen lists the observed ConfigMap unchanged but for the note of what is asked now, where there is none yet.
func (b *Broker) Frozen(asked string) sync.Child {
	if !b.Adopted() || b.note() != "" {
		return b.Config.Frozen()
	}
	if b.Owed() {
		asked += owed
	}
	noted := *b.Config
	values := map[string]string{AnnotationAsked: asked}
	maps.Copy(values, b.Config.Annotations.Values)
	noted.Annotations = sync.Annotations{Values: values}
	return noted.Frozen()
}

// dataVolume begins the name of each volume of a Pod that holds a log directory. It is Koperator's, and ours.
const dataVolume = "kafka-data-"

// missing says in a clause what of a broker there must be that was not found; empty when nothing.
func (b *Broker) missing() string {
	switch {
	case b.Pod == nil && b.Config == nil && len(b.Claims) == 0 && b.State.ConfigurationBackup != "":
		return fmt.Sprintf("nothing of broker %d was found", b.ID)
	case b.Adopted() && b.Config == nil:
		return fmt.Sprintf("the Pod of broker %d was found and not its ConfigMap", b.ID)
	case !b.Adopted():
		return ""
	}
	for _, volume := range b.Pod.Spec.Volumes {
		if volume.Claim != nil && strings.HasPrefix(volume.Name, dataVolume) && !b.claims(volume.Claim.Name) {
			return fmt.Sprintf("the Pod of broker %d was found and not its claim %s", b.ID, volume.Claim.Name)
		}
	}
	return ""
}

func (b *Broker) claims(name string) bool {
	for _, claim := range b.Claims {
		if claim.Name == name {
			return true
		}
	}
	return false
}
