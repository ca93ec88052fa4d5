package simulator

import (
	"fmt"
	"strconv"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/identity"
	"github.com/kompositor/kompositor/simulator/metacontroller"
	"github.com/kompositor/kompositor/simulator/release"
)

// release has the next release of the service answer from now on, alone or in turns with this one; or this one again.
func (w *World) release(which string) error {
	switch which {
	case "this":
		w.hook = w.this
	case "both":
		w.hook = release.InTurns{Second: w.Tick, Replicas: []metacontroller.Hook{w.this, release.NextOf(w.this)}}
	case "next":
		w.hook = release.NextOf(w.this)
	default:
		return fmt.Errorf("there is no release %q: this, both or next", which)
	}
	for _, m := range w.Metacontrollers {
		m.Force() // its watch of the service's Pods is not simulated: the resync period is
	}
	return nil
}

// noted notes what a Pod was made for, and that its end is announced.
func (l *laws) noted(call *metacontroller.Call, write *apiserver.Write) {
	switch {
	case write.Err != nil:
	case write.Key.Kind == podKind && write.Verb == apiserver.Created:
		l.reasons.Made(call.Parent, write.New)
	case write.Key.Kind == "ConfigMap.v1" && write.Verb == apiserver.Updated:
		l.reasons.Announced(call.Parent, write.New)
	}
}

// restarted is the law for a Pod that goes by our choice while its broker stays: there is a reason for it, and that is
// more than how a release draws.
func (l *laws) restarted(call *metacontroller.Call, write *apiserver.Write) {
	id, err := strconv.ParseInt(identity.Broker(write.Old), 10, 32)
	if err != nil || !InSpec(call.Parent, int32(id)) {
		return
	}
	reason, known := l.reasons.Of(call.Parent, write.Old)
	if !known {
		return
	}
	l.looked(restartHeld)
	if reason == "" {
		l.broken(restartHeld, "%s is deleted, and nobody asked for anything since it was made", write.Key)
	}
}
