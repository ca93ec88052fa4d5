package voters

import (
	"fmt"
	"slices"

	"github.com/kompositor/kompositor/sync"
)

// Votes says that a node votes in the quorum, or that nobody knows; empty when it does not.
func Votes(fact sync.Fact[sync.Quorum], id int32) string {
	quorum, known := fact.Get()
	switch {
	case !known:
		return "whether it is a voter of the KRaft quorum is not known: " + fact.Why()
	case !quorum.Led():
		return "whether it is a voter of the KRaft quorum is not known: the quorum has no leader"
	case quorum.Votes(id):
		return "it is a voter of the KRaft quorum"
	}
	return ""
}

// Down is the quorum with these voters not caught up, and without a leader where it is one of them, whatever Kafka says
// of them yet: its answer may be older than what Kubernetes shows of their Pods, and a change of voters must not count
// on them.
func Down(fact sync.Fact[sync.Quorum], down []int32) sync.Fact[sync.Quorum] {
	quorum, known := fact.Get()
	if !known || len(down) == 0 {
		return fact
	}
	quorum.Voters = slices.Clone(quorum.Voters)
	for i := range quorum.Voters {
		if voter := &quorum.Voters[i]; slices.Contains(down, voter.ID) {
			voter.LastCaughtUpMillis = -1
		}
	}
	if slices.Contains(down, quorum.Leader) {
		quorum.Leader = -1
	}
	return sync.Known(quorum)
}

// MayAdd says why an observer may not become a voter now; empty when it may. Every voter must be caught up, so that the
// larger majority is there from the start, and so must the newcomer: from the moment that it is a voter, the quorum may
// need it.
func MayAdd(fact sync.Fact[sync.Quorum], id int32, directory string) string {
	quorum, why := led(fact)
	if why != "" {
		return why
	}
	if quorum.Votes(id) {
		return fmt.Sprintf("node %d is a voter already, with another directory", id)
	}
	observer := replica(quorum.Observers, id, directory)
	switch {
	case observer == nil || directory == "":
		return fmt.Sprintf("node %d is not seen as an observer of the quorum yet", id)
	case !quorum.CaughtUp(observer):
		return fmt.Sprintf("node %d is not caught up with the quorum's leader yet", id)
	}
	return behind(&quorum, quorum.Voters)
}

// MayRemove says why a voter may not be taken out of the quorum now; empty when it may. One that is caught up counts:
// all others must be caught up too before the quorum does without it. One that is not caught up counts for nothing: a
// caught-up majority of the others is enough, and it is what commits the change.
func MayRemove(fact sync.Fact[sync.Quorum], id int32, directory string) string {
	quorum, why := led(fact)
	if why != "" {
		return why
	}
	voter := replica(quorum.Voters, id, directory)
	if voter == nil || directory == "" {
		return fmt.Sprintf("Kafka tells no directory of voter %d: its quorum is static", id)
	}
	others := slices.DeleteFunc(slices.Clone(quorum.Voters), func(v sync.QuorumReplica) bool { return v.ID == id })
	if len(others) == 0 {
		return fmt.Sprintf("node %d is the only voter", id)
	}
	if quorum.CaughtUp(voter) {
		return behind(&quorum, others)
	}
	caughtUp := 0
	for i := range others {
		if quorum.CaughtUp(&others[i]) {
			caughtUp++
		}
	}
	if majority := len(others)/2 + 1; caughtUp < majority {
		return fmt.Sprintf("without voter %d only %d of %d voters would be caught up, and %d are needed for a majority",
			id, caughtUp, len(others), majority)
	}
	return ""
}

// behind names the first voter that is not caught up; empty when all are.
func behind(quorum *sync.Quorum, voters []sync.QuorumReplica) string {
	for i := range voters {
		if !quorum.CaughtUp(&voters[i]) {
			if voters[i].LastCaughtUpMillis < 0 { // so it is of one that is down
				return fmt.Sprintf("voter %d is not ready, or not caught up with the quorum's leader", voters[i].ID)
			}
			return fmt.Sprintf("voter %d is not caught up with the quorum's leader", voters[i].ID)
		}
	}
	return ""
}

func led(fact sync.Fact[sync.Quorum]) (sync.Quorum, string) {
	quorum, known := fact.Get()
	switch {
	case !known:
		return quorum, "the KRaft quorum is not known: " + fact.Why()
	case !quorum.Led():
		return quorum, "the KRaft quorum has no leader"
	}
	return quorum, ""
}

// replica finds a voter or observer by its id and directory.
func replica(among []sync.QuorumReplica, id int32, directory string) *sync.QuorumReplica {
	for i := range among {
		if among[i].ID == id && among[i].Directory == directory {
			return &among[i]
		}
	}
	return nil
}

// Breaks says why these commands would break the law; empty when they keep it. Commands of other kinds are no matter of
// voters.
func Breaks(fact sync.Fact[sync.Quorum], commands []sync.Command) string {
	changes := 0
	for _, command := range commands {
		why := ""
		switch c := command.(type) {
		case sync.AddVoter:
			changes++
			why = MayAdd(fact, c.ID, c.Directory)
		case sync.RemoveVoter:
			changes++
			why = MayRemove(fact, c.ID, c.Directory)
		}
		if changes > 1 {
			why = "voters are changed one at a time"
		}
		if why != "" {
			return fmt.Sprintf("Kafka would be told to %s although %s", command, why)
		}
	}
	return ""
}
