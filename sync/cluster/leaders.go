package cluster

import (
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/parent"
	"github.com/kompositor/kompositor/sync/roll"
)

// A restarted broker comes back as a follower of everything that it led. Where the CR asks for it, the status remembers
// that a restart has taken leaders away, and once nothing is due any more each partition is given back to the first of
// its replicas, a batch a call, until Kafka shows none that is not.

// leadersOwed says that preferred leaders are to be restored now, as far as Kubernetes shows.
func (p *plan) leadersOwed() bool {
	return p.o.parent.Spec.RollingUpgradeConfig.RestorePreferredLeaders && p.o.parent.Status.RollingUpgrade.LeadersOwed &&
		len(p.due) == 0 && len(p.notReady()) == 0 && !p.o.paused()
}

// restoreLeaders commands the elections that are owed.
func (p *plan) restoreLeaders() {
	if !p.leadersOwed() {
		return
	}
	misled, known := roll.Leaders(&p.facts.Kafka)
	if p.leadersWait = misled.Left(); !known {
		p.leadersWait = "Kafka can not be asked for them"
	}
	if elect := misled.Batch(); len(elect) > 0 {
		p.commands = append(p.commands, sync.ElectPreferredLeaders{
			ToKafka: sync.ToKafka{Connection: p.connection()}, Partitions: elect,
		})
	}
}

// leadersStillOwed is what the status remembers for the next call.
func (p *plan) leadersStillOwed() bool {
	if !p.o.parent.Spec.RollingUpgradeConfig.RestorePreferredLeaders {
		return false
	}
	for _, r := range p.due {
		if p.letGo[r.broker.id] {
			return true
		}
	}
	return p.o.parent.Status.RollingUpgrade.LeadersOwed && (!p.leadersOwed() || p.leadersWait != "")
}

// leadersRestored is the condition's word on it.
func (p *plan) leadersRestored() verdict {
	told := []string{"the restarts are done, and preferred leaders are being restored: " + p.leadersWait}
	for _, outcome := range p.outcomes {
		if _, ours := outcome.Command.(sync.ElectPreferredLeaders); ours && outcome.Err != nil {
			told = append(told, "the election failed: "+outcome.Err.Error())
		}
	}
	message := parent.Bounded(sentence(strings.Join(told, "; ")))
	return verdict{Of: sync.RollingUpdate, Status: metav1.ConditionTrue, Reason: sync.RestoringLeaders, Message: message}
}
