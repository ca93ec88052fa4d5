package cluster

import (
	"cmp"
	"fmt"
	"time"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
	"github.com/kompositor/kompositor/sync/parent"
	"github.com/kompositor/kompositor/sync/podphase"
	"github.com/kompositor/kompositor/sync/rack"
	"github.com/kompositor/kompositor/sync/upgrade"
)

// decision puts together what was chosen and drawn.
func (p *plan) decision() sync.Decision {
	status := p.status()
	return sync.Decision{
		Children: p.children, Releases: p.releases, Commands: p.commands, Status: status,
		ResyncAfter: p.dynamic.NextCall(p.patience()), Reasons: parent.Reasons(status.Conditions, p.releases),
		StatusAfter: func(outcomes sync.Outcomes) any {
			p.outcomes, p.dynamic = outcomes, p.dynamic.Refused(outcomes)
			return p.status()
		},
	}
}

// patience says when to look again: soon while something moves, later while something is awaited, never when all is
// settled.
func (p *plan) patience() time.Duration {
	volumes := p.volumesAsSpecified().Reason
	switch {
	case len(p.releases)+len(p.commands) > 0 || len(p.notReady()) > 0 || p.dynamic.Moving():
		return resyncWhileMoving
	case len(p.due) > 0 || p.o.leaves() || len(p.external.Waits) > 0 || p.leadersWait != "" || p.dynamic.Waiting() ||
		p.voters.Waits != "" || volumes == sync.VolumeLeaving || volumes == sync.VolumePending:
		return resyncWhileWaiting
	case p.featuresOwed(&p.metadata) && p.raise.At.IsZero(), volumes == sync.VolumeHeld:
		return resyncWhileRefused
	case !p.raise.At.IsZero():
		return max(p.raise.At.Sub(p.facts.Now), resyncWhileMoving)
	}
	return 0
}

// status is the parent's whole new status. What is not ours to know now is carried over from the old one.
func (p *plan) status() *v1beta1.KafkaClusterStatus {
	old := &p.o.parent.Status
	status := &v1beta1.KafkaClusterStatus{
		ObservedGeneration: p.o.identity.Generation, BrokersState: make(map[string]v1beta1.BrokerState, len(p.o.brokers)),
		CruiseControlTopicStatus: cmp.Or(p.control.Topic, old.CruiseControlTopicStatus),
		RollingUpgrade:           old.RollingUpgrade, AlertCount: old.AlertCount,
		ListenerStatuses: p.listenerStatuses(), State: p.state(), ClusterWideConfig: p.dynamic.Wide(),
	}
	if p.o.parent.Spec.KRaft {
		status.ClusterID = p.o.clusterID()
		status.KRaft = v1beta1.KRaftStatus{
			Quorum: v1beta1.QuorumMode(p.cluster.Quorum.Mode), Formed: p.o.quorumFormed(),
			Voters: p.votersNow(), MetadataVersion: upgrade.Tried(p.metadata, p.outcomes, p.facts.Now),
		}
	}
	status.RollingUpgrade.LeadersOwed = p.leadersStillOwed()
	if old.State == v1beta1.ClusterRollingUpgrading && status.State == v1beta1.ClusterRunning {
		status.RollingUpgrade.LastSuccess = p.facts.Now.UTC().Format(time.DateTime) // Koperator's form
	}
	for _, b := range p.o.brokers {
		if !p.gone[b.id] || len(b.claims) > 0 {
			status.BrokersState[b.key()] = p.brokerState(b, old.BrokersState[b.key()])
		}
	}
	status.Conditions = p.conditions()
	return status
}

// state is Koperator's word for the cluster: rolling from the first restart of a running broker to the last, running
// when every broker is ready and nothing is due, else reconciling.
func (p *plan) state() v1beta1.ClusterState {
	rolling := p.o.parent.Status.State == v1beta1.ClusterRollingUpgrading
	switch {
	case p.settled():
		return v1beta1.ClusterRunning
	case p.next != nil && (p.restartWaits == "" || rolling), rolling && !p.o.leaves():
		return v1beta1.ClusterRollingUpgrading
	}
	return v1beta1.ClusterReconciling
}

func (p *plan) brokerState(b *broker, old v1beta1.BrokerState) v1beta1.BrokerState {
	state := old
	state.ConfigurationState = v1beta1.ConfigInSync
	if p.staleness[b.id] != "" {
		state.ConfigurationState = v1beta1.ConfigOutOfSync
	}
	state.DynamicConfig, state.PerBrokerConfigurationState = p.dynamic.Broker(b.id)
	if drawn := p.drawn[b.id]; drawn != nil && drawn.Rack != "" {
		state.RackAwarenessState = v1beta1.RackAwarenessState("broker.rack=" + drawn.Rack + "\n")
	} else if p.o.parent.Spec.RackAwareness != nil && drawn != nil && !rack.Set(p.readOnlyConfig(b)) {
		state.RackAwarenessState = v1beta1.RackWaiting
	}
	if state.GracefulActionState.CruiseControlState == "" {
		// Nothing was moved to a broker that has just come: Koperator says so of controllers and of clusters that start.
		state.GracefulActionState.CruiseControlState = v1beta1.GracefulUpscaleSucceeded
	}
	if !b.listed && !p.empty[b.id] {
		state.GracefulActionState.CruiseControlState = v1beta1.GracefulDownscaleRequired
	}
	if moves, is := p.scaling.States[b.id]; is {
		state.GracefulActionState = moves
	}
	if b.listed {
		state.GracefulActionState.VolumeStates = p.moves.States[b.id]
	}
	if pod := b.pod(); pod != nil {
		state.Image, state.Version = runningImage(pod, old)
	}
	state.Unregistered = !b.listed && (state.Unregistered || p.unregistered[b.id] && p.outcomes.Err() == nil)
	state.WaitingFor = p.waitingFor(b)
	return state
}

// runningImage is the image of the broker's container, and the version of Kafka that its tag names.
func runningImage(pod *sync.Pod, old v1beta1.BrokerState) (image, version string) {
	if image = pod.Image(children.KafkaContainer); image != "" {
		return image, v1beta1.KafkaVersionOfImage(image).String()
	}
	return old.Image, old.Version
}

// waitingFor says in one sentence what a broker is waiting for; empty when it waits for nothing.
func (p *plan) waitingFor(b *broker) string {
	where, why := b.phase()
	if b.doubt != "" {
		return sentence(b.doubt)
	}
	if p.goes[b.id] != nil {
		return p.waitingWhileUp(b)
	}
	if silent := podphase.Unheard(b.pods, p.facts.Now); silent != "" {
		return sentence(silent)
	}
	switch where {
	case podphase.Doubled, podphase.Failed:
		return sentence(why)
	case podphase.Stuck:
		return sentence("its Pod does not start: " + why + b.blamed())
	case podphase.Terminating:
		return sentence("its Pod is shutting down")
	case podphase.Missing:
		if !b.listed {
			break
		}
		return sentence(p.missingFor(b))
	case podphase.Starting, podphase.Silent:
		if p.awaitsRack(b) {
			return sentence(p.rackAwaited(b))
		}
		if podphase.Unmade(b.pod(), children.KafkaContainer, p.facts.Now) {
			return sentence("its Pod does not start: something that it mounts is not there or can not be attached; see " +
				"kubectl describe pod " + b.pod().Name)
		}
		return sentence("its Pod is not ready yet")
	case podphase.Ready:
		if b.unlabelled != "" {
			return sentence(b.unlabelled)
		}
	}
	return p.waitingWhileUp(b)
}

// waitingWhileUp says what a broker waits for whose Pod is as it should be.
func (p *plan) waitingWhileUp(b *broker) string {
	if p.empty[b.id] {
		return "It is no longer in the spec and holds no replica: it is being removed."
	}
	if waits := p.whyStays(b); waits != "" && !b.listed {
		return sentence("it is no longer in the spec and is kept: " + waits)
	}
	for _, r := range p.due {
		switch {
		case r.broker != b:
		case p.letGo[b.id]:
			return sentence("its Pod is replaced: " + r.because)
		case p.goes[b.id] != nil:
			return sentence("a restart, which is announced now: " + r.because)
		case p.next == r:
			return sentence("a restart (" + r.because + "): " + p.restartWaits)
		default:
			return sentence(fmt.Sprintf("a restart (%s), after that of %s", r.because, p.next.broker))
		}
	}
	stand := p.stand(b)
	_, waits := stand.Waits()
	return sentence(orElse(waits, p.scaling.Waits[b.id]))
}

// missingFor says what the broker's Pod waits for before it is made.
func (p *plan) missingFor(b *broker) string {
	switch {
	case p.o.paused():
		return "its Pod is not made: " + pausedWhy
	case b.spec == nil:
		return "what it was made of is not known any more: list it again to start it"
	case b.config == nil:
		return "its ConfigMap is being made"
	case p.claims[b.id].Unclear != "":
		return p.claims[b.id].Unclear
	case !p.claims[b.id].Made(b.claims):
		return "its volume claims are being made"
	}
	if other := p.comesBefore(b); other != "" {
		return "it is new, and " + other + " is to have its node first"
	}
	return "its Pod is being made"
}

// sentence begins a clause with a capital letter.
func sentence(clause string) string { return parent.Sentence(clause) }
