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

// Rebalancing is the condition: True while Cruise Control works for a broker, else what hinders it. A cluster has it
// from the first time on that there is something to tell.
func (s *Settled) Rebalancing(before []metav1.Condition) []parent.Verdict {
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
		return []parent.Verdict{v}
	}
	if !slices.ContainsFunc(before, func(c metav1.Condition) bool { return c.Type == string(sync.Rebalancing) }) {
		return nil
	}
	return []parent.Verdict{parent.IsNot(sync.Rebalancing, sync.AsExpected, "No broker is being added or emptied.")}
}
