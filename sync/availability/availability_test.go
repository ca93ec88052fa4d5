package availability

import (
	"strings"
	"testing"

	"github.com/kompositor/kompositor/sync"
)

func TestBroker(t *testing.T) {
	on := func(replicas, isr []int32, minISR int) sync.Partition {
		return sync.Partition{Topic: "orders", Replicas: replicas, ISR: isr, MinISR: minISR}
	}
	three := []int32{0, 1, 2}
	cases := map[string]struct {
		partition sync.Partition
		rules     Rules
		want      string
	}{
		"all in sync":                 {on(three, three, 2), Rules{FailureThreshold: 1}, ""},
		"not on this broker":          {on([]int32{1, 2}, []int32{1, 2}, 1), Rules{FailureThreshold: 1}, ""},
		"one left of two":             {on(three, []int32{0, 1}, 2), Rules{FailureThreshold: 2}, "1 replica in sync"},
		"out of sync itself":          {on(three, []int32{1, 2}, 2), Rules{FailureThreshold: 1}, ""},
		"out of sync, others below":   {on(three, []int32{1}, 2), Rules{FailureThreshold: 2}, "needs 2"},
		"another lags":                {on(three, []int32{0, 1}, 1), Rules{FailureThreshold: 1}, "1 broker out of sync"},
		"another lags, allowed":       {on(three, []int32{0, 1}, 1), Rules{FailureThreshold: 2}, ""},
		"another stops already":       {on(three, three, 2), Rules{FailureThreshold: 1, Down: []int32{1}}, "needs 2"},
		"another stops, none to lose": {on(three, three, 1), Rules{FailureThreshold: 1, Down: []int32{1}}, ""},
		"single replica":              {on([]int32{0}, []int32{0}, 1), Rules{Consent: "x=true"}, "x=true"},
		"single replica, accepted":    {on([]int32{0}, []int32{0}, 1), Rules{FailureThreshold: 1, Accepted: true}, ""},
		"accepted is not for others":  {on(three, []int32{0, 1}, 2), Rules{FailureThreshold: 2, Accepted: true}, "needs 2"},
		"accepted, another left":      {on(three[:2], three[:2], 2), Rules{FailureThreshold: 1, Accepted: true}, ""},
		"accepted, nothing left":      {on(three[:2], three[:1], 2), Rules{Accepted: true}, "needs 1"},
		"no leader":                   {leaderless(on(three, []int32{2}, 1)), Rules{FailureThreshold: 3}, "no leader"},
		"no leader elsewhere":         {leaderless(on(three[1:2], three[1:2], 1)), Rules{FailureThreshold: 1}, "1 broker"},
		"an alert":                    {on(three, three, 2), Rules{FailureThreshold: 1, Alerts: 1}, "1 alert"},
		"an alert, allowed":           {on(three, three, 2), Rules{FailureThreshold: 2, Alerts: 1}, ""},
		"threshold of none":           {on(three, three, 2), Rules{}, "forbids every restart"},
		"min ISR of none":             {on(three, []int32{0}, 0), Rules{FailureThreshold: 3}, "needs 1"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			expect(t, c.rules.Broker(sync.Known([]sync.Partition{c.partition}), 0), c.want)
		})
	}
	expect(t, (&Rules{FailureThreshold: 1}).Broker(sync.UnknownFact[[]sync.Partition]("it is late"), 0), "it is late")
}

func TestController(t *testing.T) {
	quorum := func(leader int32, caughtUp ...int64) sync.Quorum {
		q := sync.Quorum{Leader: leader}
		for id, at := range caughtUp {
			q.Voters = append(q.Voters, sync.QuorumReplica{ID: int32(id), LastCaughtUpMillis: at})
		}
		return q
	}
	const now = 100_000
	cases := map[string]struct {
		quorum sync.Quorum
		rules  Rules
		want   string
	}{
		"all caught up":        {quorum(1, now, now, now), Rules{}, ""},
		"one of three lags":    {quorum(1, now, now, now-2001), Rules{}, "only 1 of 3 voters"},
		"just caught up":       {quorum(1, now, now, now-2000), Rules{}, ""},
		"never caught up":      {quorum(1, now, now, -1), Rules{}, "only 1 of 3 voters"},
		"one of five lags":     {quorum(1, now, now, 0, now, now), Rules{}, ""},
		"another stops":        {quorum(1, now, now, now), Rules{Down: []int32{2}}, "only 1 of 3 voters"},
		"no leader":            {quorum(-1, now, now, now), Rules{}, "no leader"},
		"quorum of one":        {quorum(0, now), Rules{Consent: "x=true"}, "x=true"},
		"quorum of two":        {quorum(1, now, now), Rules{}, "quorum of 2"},
		"accepted":             {quorum(0, now), Rules{Accepted: true}, ""},
		"accepts no lag":       {quorum(1, now, now, 0), Rules{Accepted: true}, "only 1 of 3 voters"},
		"not a voter":          {sync.Quorum{Leader: 5, Voters: []sync.QuorumReplica{{ID: 5}}}, Rules{}, ""},
		"longer fetch timeout": {withTimeout(quorum(1, now, now, now-5000), 6000), Rules{}, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) { expect(t, c.rules.Controller(sync.Known(c.quorum), 0), c.want) })
	}
	expect(t, (&Rules{}).Controller(sync.UnknownFact[sync.Quorum]("it is late"), 0), "it is late")
}

func leaderless(partition sync.Partition) sync.Partition {
	partition.Leader = -1
	return partition
}

func withTimeout(quorum sync.Quorum, millis int64) sync.Quorum {
	quorum.FetchTimeoutMillis = millis
	return quorum
}

func expect(t *testing.T, got, want string) {
	t.Helper()
	if (got == "") != (want == "") || !strings.Contains(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
