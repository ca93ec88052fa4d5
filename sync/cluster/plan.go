package cluster

import (
	"time"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/connection"
	"github.com/kompositor/kompositor/sync/cruisecontrol"
	"github.com/kompositor/kompositor/sync/disks"
	"github.com/kompositor/kompositor/sync/drawing"
	"github.com/kompositor/kompositor/sync/dynamicconfig"
	"github.com/kompositor/kompositor/sync/graceful"
	"github.com/kompositor/kompositor/sync/podphase"
	"github.com/kompositor/kompositor/sync/scaling"
	"github.com/kompositor/kompositor/sync/upgrade"
	"github.com/kompositor/kompositor/sync/voters"
)

// How soon to look again. Most changes wake Metacontroller by themselves; these are for facts that do not.
const (
	resyncWhileWaiting = 10 * time.Second
	resyncWhileMoving  = 5 * time.Second
	resyncWhileRefused = time.Minute
)

// plan is a decision in the making. Each step of Plan fills in its part and reads those of the steps before it.
type plan struct {
	*stock
	facts sync.Facts

	leavingWaits map[int32]string
	empty        map[int32]bool
	gone         map[int32]bool
	letGo        map[int32]bool
	// goes are the restarts whose turn has come: their Pods are let go, or that is announced first.
	goes         map[int32]*restart
	unregistered map[int32]bool
	due          []*restart
	next         *restart
	restartWaits string
	// voters is the change of the quorum that is made or awaited.
	voters voters.Step
	// metadata is the metadata.version for the status, and raise what becomes of it.
	metadata    v1beta1.MetadataVersionStatus
	raise       upgrade.Verdict
	dynamic     *dynamicconfig.Settled
	leadersWait string
	// control is what becomes of Cruise Control.
	control cruisecontrol.Settled
	// operations are those of Cruise Control that the cluster has for its brokers and disks.
	operations *graceful.Set
	// moves are the replicas that Cruise Control moves onto disks that come and from disks that go.
	moves disks.Moves
	// scaling is what Cruise Control does for the brokers that come and go.
	scaling scaling.Settled
	// otherCluster says that another cluster answers than this one, with both ids.
	otherCluster string
	drawings     drawing.Drawings

	children []sync.Child
	releases []sync.Release
	commands []sync.Command
	// outcomes are what became of the commands, once that is known and one of them failed.
	outcomes sync.Outcomes
}

// Plan decides. Invalid specs and deletions are their own short stories; else: take stock, see which brokers may be let
// go and which may restart, then draw everything and tell.
func (o *Observed) Plan(facts sync.Facts) sync.Decision {
	if o.request.Finalizing {
		return o.finalize(facts)
	}
	if len(o.mistakes) > 0 {
		return o.holdInvalid(facts)
	}
	if unfound := o.unfound(); unfound != "" {
		return o.holdUnfound(facts, unfound)
	}
	p := newPlan(o, facts)
	p.changeVoters()
	p.settleLeaving()
	p.letDisksGo()
	p.chooseRestart()
	p.settleDynamic()
	p.restoreLeaders()
	p.settleVersion()
	p.draw()
	d := p.decision()
	if o.paused() {
		d = o.held(d)
	}
	return guarded(o, p.facts, d)
}

func newPlan(o *Observed, facts sync.Facts) *plan {
	believed, otherCluster := connection.Believe(facts.Kafka, o.clusterID())
	facts.Kafka = believed
	return &plan{
		stock: o.takeStock().withRacks(facts).withVolumes(facts), facts: facts, otherCluster: otherCluster,
		leavingWaits: make(map[int32]string), empty: make(map[int32]bool), gone: make(map[int32]bool),
		letGo: make(map[int32]bool), goes: make(map[int32]*restart), unregistered: make(map[int32]bool),
		drawings: make(drawing.Drawings),
	}
}

// clusterID is the id of the cluster that every answer of Kafka's must have.
func (o *Observed) clusterID() string { return connection.ClusterID(&o.parent, o.identity) }

// letPodGo leaves a broker's Pod out of the answer, which is how Metacontroller is told to delete it.
func (p *plan) letPodGo(b *broker, reason sync.Reason, because string) {
	p.letGo[b.id] = true
	p.releases = append(p.releases, sync.Release{Kind: "Pod", Name: b.pod().Name, Reason: reason, Because: because})
}

func (p *plan) add(children ...sync.Child) { p.children = append(p.children, children...) }

// notReady lists the brokers that are not serving, as far as Kubernetes shows.
func (p *plan) notReady() []*broker {
	var down []*broker
	for _, b := range p.o.brokers {
		if !b.listed && len(b.pods) == 0 {
			continue
		}
		if where, _ := b.phase(); where != podphase.Ready || p.gone[b.id] {
			down = append(down, b)
		}
	}
	return down
}
