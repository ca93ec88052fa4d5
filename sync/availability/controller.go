package availability

import (
	"fmt"

	"github.com/kompositor/kompositor/sync"
)

// Controller says why a controller may not stop: it would endanger the KRaft quorum. Empty when it may.
//
// The rule: of the voters that remain, a majority of all voters must be caught up with the leader.
func (r *Rules) Controller(fact sync.Fact[sync.Quorum], id int32) string {
	if why := Led(fact); why != "" {
		return why
	}
	quorum, _ := fact.Get()
	if !quorum.Votes(id) {
		return ""
	}
	majority := len(quorum.Voters)/2 + 1
	if len(quorum.Voters)-1 < majority {
		if r.Accepted {
			return ""
		}
		return fmt.Sprintf(
			"a quorum of %d can not do without a voter: add controllers to make it 3, or set the annotation %s",
			len(quorum.Voters), r.Consent,
		)
	}
	caughtUp := 0
	for i := range quorum.Voters {
		voter := &quorum.Voters[i]
		if voter.ID != id && !r.down(voter.ID) && quorum.CaughtUp(voter) {
			caughtUp++
		}
	}
	if caughtUp < majority {
		return fmt.Sprintf("without it only %d of %d voters would be caught up, and %d are needed for a majority",
			caughtUp, len(quorum.Voters), majority)
	}
	return ""
}

// Led says why the KRaft quorum is not known to have a leader. Without one no partition gets another leader, and no
// broker is let in again.
func Led(fact sync.Fact[sync.Quorum]) string {
	quorum, known := fact.Get()
	switch {
	case !known:
		return "the KRaft quorum is not known: " + fact.Why()
	case !quorum.Led():
		return "the KRaft quorum has no leader"
	}
	return ""
}
