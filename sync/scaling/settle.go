package scaling

import (
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/parent"
)

// Settle decides, and lists the operations that are wanted in the Situation's set.
func Settle(s *Situation) Settled {
	settled := Settled{States: make(map[int32]v1beta1.GracefulActionState), Waits: make(map[int32]string)}
	s.add(&settled)
	s.remove(&settled)
	return settled
}

// Rebalancing is the condition: True while Cruise Control works for a broker, else what hinders it. It is false when
// there is nothing to tell.
func (s *Settled) Rebalancing() (parent.Verdict, bool) {
	for _, reason := range []sync.Reason{
		sync.ChangeRefused, sync.TaskFailed, sync.TaskRunning, sync.OperationQueued, sync.OperationWaits,
	} {
		i := slices.IndexFunc(s.moves, func(m move) bool { return m.reason == reason })
		if i < 0 {
			continue
		}
		v := parent.IsNot(sync.Rebalancing, reason, parent.Sentence(s.moves[i].message))
		if reason == sync.TaskRunning {
			v.Status = metav1.ConditionTrue
		}
		return v, true
	}
	return parent.Verdict{}, false
}
