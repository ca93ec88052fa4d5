package availability

import (
	"fmt"
	"slices"

	"github.com/kompositor/kompositor/sync"
)

// Controller says why a controller may not stop: it would endanger the KRaft quorum. Empty when it may.
//
// The rule: of the voters that remain, a majority of all voters must be caught up with the leader. A voter counts as
// caught up when it was so within the quorum's fetch timeout before the leader itself was (KIP-836
// lastCaughtUpTimestamp; the same measure as Strimzi's).
func (r *Rules) Controller(fact sync.Fact[sync.Quorum], id int32) string {
	if why := Led(fact); why != "" {
		return why
	}
	quorum, _ := fact.Get()
	leader := leaderOf(&quorum)
	if !slices.ContainsFunc(quorum.Voters, func(v sync.QuorumReplica) bool { return v.ID == id }) {
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
		if voter.ID != id && !r.down(voter.ID) && caughtUpWith(&quorum, &quorum.Voters[leader], voter) {
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
	case leaderOf(&quorum) < 0:
		return "the KRaft quorum has no leader"
	}
	return ""
}

// leaderOf is the leader's place among the voters, -1 for none.
func leaderOf(quorum *sync.Quorum) int {
	return slices.IndexFunc(quorum.Voters, func(v sync.QuorumReplica) bool { return v.ID == quorum.Leader })
}

// defaultFetchTimeoutMillis is Kafka's default of controller.quorum.fetch.timeout.ms.
const defaultFetchTimeoutMillis = 2000

func caughtUpWith(quorum *sync.Quorum, leader, voter *sync.QuorumReplica) bool {
	timeout := quorum.FetchTimeoutMillis
	if timeout == 0 {
		timeout = defaultFetchTimeoutMillis
	}
	return voter.LastCaughtUpMillis >= 0 && leader.LastCaughtUpMillis-voter.LastCaughtUpMillis <= timeout
}
