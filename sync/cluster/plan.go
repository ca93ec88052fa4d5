package cluster

import (
	"time"

	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/dynamicconfig"
)

// How soon to look again. Most changes wake Metacontroller by themselves; these are for facts that do not.
const (
	resyncWhileWaiting = 10 * time.Second
	resyncWhileMoving  = 5 * time.Second
)

// plan is a decision in the making. Each step of Plan fills in its part and reads those of the steps before it.
type plan struct {
	*stock
	facts sync.Facts

	leavingWaits map[int32]string
	empty        map[int32]bool
	gone         map[int32]bool
	letGo        map[int32]bool
	due          []restart
	next         *restart
	restartWaits string
	dynamic      *dynamicconfig.Settled

	children []sync.Child
	releases []sync.Release
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
	p := newPlan(o, facts)
	p.settleLeaving()
	p.chooseRestart()
	p.settleDynamic()
	p.draw()
	return gate(o, facts, p.decision())
}

func newPlan(o *Observed, facts sync.Facts) *plan {
	return &plan{
		stock: o.takeStock().withRacks(facts), facts: facts, leavingWaits: make(map[int32]string),
		empty: make(map[int32]bool), gone: make(map[int32]bool), letGo: make(map[int32]bool),
	}
}

// letPodGo leaves a broker's Pod out of the answer, which is how Metacontroller is told to delete it.
func (p *plan) letPodGo(b *broker, reason sync.Reason, because string) {
	p.letGo[b.id] = true
	p.releases = append(p.releases, sync.Release{Kind: "Pod", Name: b.pod().Name, Reason: reason, Because: because})
}

func (p *plan) add(children ...sync.Child) { p.children = append(p.children, children...) }
