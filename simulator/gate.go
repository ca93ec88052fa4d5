package simulator

import (
	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/metacontroller"
	"github.com/kompositor/kompositor/sync"
)

// gate checks that the service needs no gate: what sync/gate refuses was decided wrongly, though it did no harm.
func (l *laws) gate(call *metacontroller.Call) {
	if call.Answer == nil {
		return
	}
	l.looked(GateIdle)
	for _, condition := range apiserver.List(call.Answer.Status, "conditions") {
		if apiserver.String(condition, "reason") == string(sync.GateRefused) {
			l.broken(GateIdle, "%s", apiserver.String(condition, "message"))
		}
	}
}
