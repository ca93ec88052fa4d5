package cluster

import (
	"time"

	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
	"github.com/kompositor/kompositor/sync/properties"
)

// How soon to look again. Most changes wake Metacontroller by themselves; these are for facts that do not.
const (
	resyncWhileWaiting = 10 * time.Second
	resyncWhileMoving  = 5 * time.Second
)

// plan is a decision in the making. Each step of Plan fills in its part and reads those of the steps before it.
type plan struct {
	o     *Observed
	facts sync.Facts

	// What the brokers are drawn from.
	cluster         *children.Cluster
	drawn           map[int32]*children.Broker
	volumes         map[int32][]children.Volume
	external        map[int32]map[string]string
	externalWaits   []string
	clusterReadOnly map[string]string
	askedConfig     askedConfig
	fingerprints    map[int32]string

	// What was decided about them.
	leaving      map[int32]bool
	leavingWaits map[int32]string
	empty        map[int32]bool
	gone         map[int32]bool
	letGo        map[int32]bool
	due          []restart
	next         *restart
	restartWaits string
	notes        map[int32]string

	children []sync.Child
	releases []sync.Release
}

// Plan decides. Invalid specs and deletions are their own short stories; else: what is each broker, which of them may be let
// go, which may restart, and then everything is drawn and told.
func (o *Observed) Plan(facts sync.Facts) sync.Decision {
	if len(o.mistakes) > 0 && !o.request.Finalizing {
		return o.holdInvalid(facts)
	}
	if o.request.Finalizing {
		return o.finalize(facts)
	}
	p := newPlan(o, facts)
	p.chooseRestart()
	p.draw()
	return gate(o, facts, p.decision())
}

// newPlan takes stock: everything up to the point where something is chosen.
func newPlan(o *Observed, facts sync.Facts) *plan {
	size := len(o.brokers)
	p := &plan{
		o: o, facts: facts,
		drawn:    make(map[int32]*children.Broker, size),
		volumes:  make(map[int32][]children.Volume, size),
		external: make(map[int32]map[string]string), fingerprints: make(map[int32]string, size),
		leaving: make(map[int32]bool), leavingWaits: make(map[int32]string), empty: make(map[int32]bool),
		gone: make(map[int32]bool), letGo: make(map[int32]bool), notes: make(map[int32]string),
	}
	p.settleLeaving()
	readOnly, _ := properties.Parse(o.parent.Spec.ReadOnlyConfig)
	p.clusterReadOnly = readOnly.Map()
	p.settleExternal()
	p.settleBrokers()
	return p
}

// settleBrokers resolves what every broker is drawn from, and fingerprints what the CR asks of it.
func (p *plan) settleBrokers() {
	brokers := make([]children.Broker, 0, len(p.o.brokers))
	for _, b := range p.o.brokers {
		if b.spec == nil || p.gone[b.id] {
			continue
		}
		p.volumes[b.id] = p.settleVolumes(b)
		brokers = append(brokers, children.Broker{
			ResolvedBroker: *b.spec, Volumes: p.volumes[b.id], Rack: p.rack(b), External: p.external[b.id],
		})
	}
	p.cluster = children.NewCluster(&p.o.parent, p.o.clusterID(), p.o.settleQuorum(), brokers)
	for i := range p.cluster.Brokers {
		p.drawn[p.cluster.Brokers[i].ID] = &p.cluster.Brokers[i]
	}
	p.askedConfig = p.askedOfCluster()
	for _, b := range p.o.brokers {
		if p.drawn[b.id] != nil {
			asked := p.askedOf(b)
			p.fingerprints[b.id] = asked.fingerprint()
		}
	}
}

// letPodGo leaves a broker's Pod out of the answer, which is how Metacontroller is told to delete it.
func (p *plan) letPodGo(b *broker, reason sync.Reason, because string) {
	p.letGo[b.id] = true
	p.releases = append(p.releases, sync.Release{Kind: "Pod", Name: b.pod().Name, Reason: reason, Because: because})
}

// note adds a remark to what a broker is said to wait for.
func (p *plan) note(b *broker, remark string) {
	if remark != "" && p.notes[b.id] == "" {
		p.notes[b.id] = remark
	}
}

func (p *plan) add(children ...sync.Child) { p.children = append(p.children, children...) }
