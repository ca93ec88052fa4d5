package sync

import "slices"

// Votes says that a node is a voter, whatever its directory.
func (q *Quorum) Votes(id int32) bool {
	return slices.ContainsFunc(q.Voters, func(v QuorumReplica) bool { return v.ID == id })
}

// Led says that the quorum has a leader.
func (q *Quorum) Led() bool { return q.Leader >= 0 && q.Votes(q.Leader) }

// defaultFetchTimeoutMillis is Kafka's default of controller.quorum.fetch.timeout.ms.
const defaultFetchTimeoutMillis = 2000

// CaughtUp says that a voter or observer keeps up with the leader: it was caught up within the quorum's fetch timeout
// before the leader itself was (KIP-836, lastCaughtUpTimestamp; the same measure as Strimzi's).
func (q *Quorum) CaughtUp(replica *QuorumReplica) bool {
	timeout := q.FetchTimeoutMillis
	if timeout == 0 {
		timeout = defaultFetchTimeoutMillis
	}
	for i := range q.Voters {
		if leader := &q.Voters[i]; leader.ID == q.Leader {
			return replica.LastCaughtUpMillis >= 0 && leader.LastCaughtUpMillis-replica.LastCaughtUpMillis <= timeout
		}
	}
	return false
}

// VoterIDs are the ids of the voters, ascending.
func (q *Quorum) VoterIDs() []int32 {
	ids := make([]int32, 0, len(q.Voters))
	for i := range q.Voters {
		ids = append(ids, q.Voters[i].ID)
	}
	slices.Sort(ids)
	return ids
}
