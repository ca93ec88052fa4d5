package voters

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/kompositor/kompositor/sync"
)

// Controller is a node that is to be a voter, or that leaves.
type Controller struct {
	ID int32
	// Wanted says that it is to be a voter; one that is not is to be removed.
	Wanted bool
	// Held says why one that leaves must stay a voter for now; empty when nothing holds it. Needed says so of one that
	// is caught up: others find the quorum by it alone. One that is not helps nobody.
	Held, Needed string
	// Stops says why one that is to be a voter is about to stop, or does not run; empty when it does.
	Stops string
}

// Step is the next change of the quorum. At most one of Add and Remove is set.
type Step struct {
	Add, Remove *sync.QuorumReplica
	// Because names the facts that allow the change.
	Because string
	// Waits says which change is due and what it waits for; empty when a change is made or none is due.
	Waits string
}

// Change says which change is made, and why it may; empty when none is.
func (s *Step) Change() string {
	switch {
	case s.Add != nil:
		return fmt.Sprintf("node %d is made a voter of the quorum: %s", s.Add.ID, s.Because)
	case s.Remove != nil:
		return fmt.Sprintf("node %d is taken out of the quorum: %s", s.Remove.ID, s.Because)
	}
	return ""
}

// Next chooses the next change. Voters whose disk is gone, and those that leave and do not keep up, go first: they
// only make the majority harder to reach. Then the new ones come, and only when all that are wanted vote do the others
// leave, the leader last of all. A voter that is none of the controllers is somebody else's, and is left alone. No
// change counts on the nodes that are down, whatever Kafka says of them yet.
func Next(fact sync.Fact[sync.Quorum], controllers []Controller, down []int32) Step {
	step := next(fact, controllers)
	quorum, _ := fact.Get()
	switch {
	case step.Change() == "" || len(down) == 0:
		return step
	case slices.Contains(down, quorum.Leader):
		return Step{Waits: fmt.Sprintf("node %d leads the quorum, as Kafka says, and is not ready or is about to stop: "+
			"it must be ready first", quorum.Leader)}
	}
	return next(Down(fact, down), controllers)
}

func next(fact sync.Fact[sync.Quorum], controllers []Controller) Step {
	quorum, why := led(fact)
	if why != "" {
		return Step{Waits: why}
	}
	waits, unfinished := "", false
	for _, change := range changes(&quorum, controllers) {
		why := change.why
		switch {
		case why != "":
		case change.add:
			why = MayAdd(fact, change.replica.ID, change.replica.Directory)
		default:
			why = MayRemove(fact, change.replica.ID, change.replica.Directory)
		}
		if why == "" && (!change.last || !unfinished) {
			return change.step(len(quorum.Voters))
		}
		unfinished = unfinished || !change.last
		if waits == "" {
			waits = change.what + ": " + why
		}
	}
	return Step{Waits: waits}
}

// change is one that is due.
type change struct {
	replica sync.QuorumReplica
	add     bool
	// last says that it is made only when all that are wanted vote.
	last bool
	// what names it; why says what holds it beside the quorum itself.
	what, why string
}

func (c *change) step(voters int) Step {
	if c.add {
		return Step{Add: &c.replica, Because: fmt.Sprintf("it and all %d voters are caught up", voters)}
	}
	return Step{Remove: &c.replica, Because: c.what + ", and a majority of the others is caught up"}
}

// changes lists what is due, in the order in which it may be done.
func changes(quorum *sync.Quorum, controllers []Controller) []change {
	var gone, coming, leaving []change
	for _, c := range controllers {
		at := slices.IndexFunc(quorum.Voters, func(v sync.QuorumReplica) bool { return v.ID == c.ID })
		switch {
		case at < 0 && c.Wanted:
			coming = append(coming, arrival(quorum, &c))
		case at < 0:
		case c.Wanted:
			if voter := quorum.Voters[at]; replaced(quorum, &voter) {
				gone = append(gone, change{
					replica: voter, what: fmt.Sprintf("voter %d has lost the directory %s that it votes with", c.ID, voter.Directory),
				})
			}
		default:
			leaver := change{
				replica: quorum.Voters[at], what: fmt.Sprintf("voter %d is no longer wanted", c.ID), why: c.Held, last: true,
			}
			if quorum.CaughtUp(&leaver.replica) {
				leaver.why = cmp.Or(c.Held, c.Needed)
				leaving = append(leaving, leaver)
				continue
			}
			leaver.last = false
			gone = append(gone, leaver)
		}
	}
	rank := func(c change) int {
		if c.replica.ID == quorum.Leader {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(leaving, func(a, b change) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(b.replica.ID, a.replica.ID))
	})
	return slices.Concat(gone, coming, leaving)
}

// arrival is the change that makes a node a voter.
func arrival(quorum *sync.Quorum, newcomer *Controller) change {
	id := newcomer.ID
	c := change{
		add: true, replica: sync.QuorumReplica{ID: id}, what: fmt.Sprintf("node %d is to become a voter", id),
		why: newcomer.Stops,
	}
	for _, observer := range quorum.Observers {
		// Of several directories of one id the one that fetches now is the node's; the others are of its past.
		if observer.ID == id && (c.replica.Directory == "" || observer.LastCaughtUpMillis > c.replica.LastCaughtUpMillis) {
			c.replica = observer
		}
	}
	return c
}

// replaced says that the node of a voter that lags runs with another directory than the voter's: its disk was replaced.
func replaced(quorum *sync.Quorum, voter *sync.QuorumReplica) bool {
	return !quorum.CaughtUp(voter) && slices.ContainsFunc(quorum.Observers, func(o sync.QuorumReplica) bool {
		return o.ID == voter.ID && o.Directory != "" && o.Directory != voter.Directory && quorum.CaughtUp(&o)
	})
}

// Tell says in a sentence who the voters are, and whether anything is awaited. Unknown says why Kafka was not asked for
// them.
func (s *Step) Tell(known, wanted []int32, unknown string) (sync.Reason, string) {
	text := fmt.Sprintf("the voters are %v", known)
	switch {
	case s.Change() != "":
		return sync.VotersChanging, s.Change()
	case s.Waits != "":
		return sync.VotersWait, s.Waits
	case !slices.Equal(known, wanted):
		return sync.VotersWait, fmt.Sprintf("%s, and the controllers of the spec are %v: %s",
			text, wanted, cmp.Or(unknown, "see the brokers"))
	case len(known)%2 == 0:
		text += fmt.Sprintf("; as an even number they survive no more failures than %d would", len(known)-1)
	}
	return sync.AsExpected, text
}

// Orphaned says why a node must restart of which the configuration names so many of the quorum's controllers: it would
// look for the quorum only at those that leave, or at so few that a majority of the others can go on without them. A
// node that loses the leader looks nowhere else (KIP-853, controller.quorum.bootstrap.servers), but a voter, which
// hears of it from the others.
func Orphaned(knows, controllers int, votes bool) string {
	const half = 2
	switch {
	case knows == 0:
		return "it knows only controllers that leave"
	case !votes && half*knows < controllers:
		return fmt.Sprintf("it knows %d of %d controllers, and the others can go on without it", knows, controllers)
	}
	return ""
}
