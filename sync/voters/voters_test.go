package voters

import (
	"strings"
	"testing"

	"github.com/kompositor/kompositor/sync"
)

const now = 100_000

// at is a voter or observer that was caught up at a time; its directory is named after it, as id and letter.
func at(id int32, directory string, caughtUp int64) sync.QuorumReplica {
	return sync.QuorumReplica{ID: id, Directory: directory, LastCaughtUpMillis: caughtUp}
}

func three() []sync.QuorumReplica {
	return []sync.QuorumReplica{at(0, "0a", now), at(1, "1a", now), at(2, "2a", now)}
}

func four() []sync.QuorumReplica { return append(three(), at(3, "3a", now)) }

func listed(ids ...int32) (controllers []Controller) {
	for _, id := range ids {
		controllers = append(controllers, Controller{ID: id, Wanted: true})
	}
	return controllers
}

func leaving(controllers []Controller, ids ...int32) []Controller {
	for _, id := range ids {
		controllers = append(controllers, Controller{ID: id})
	}
	return controllers
}

// quorum has a leader, voters and observers.
func quorum(leader int32, voters []sync.QuorumReplica, observers ...sync.QuorumReplica) sync.Quorum {
	return sync.Quorum{Leader: leader, Voters: voters, Observers: observers}
}

// lagging is a list of voters of which one is not caught up.
func lagging(voters []sync.QuorumReplica, id int32) []sync.QuorumReplica {
	for i := range voters {
		if voters[i].ID == id {
			voters[i].LastCaughtUpMillis = now - 60_000
		}
	}
	return voters
}

func TestNext(t *testing.T) {
	cases := map[string]struct {
		quorum      sync.Quorum
		controllers []Controller
		want        string // such as "+3 3a", "-2 2a", part of what is waited for, or "" for nothing
	}{
		"as asked":                {quorum(0, three()), listed(0, 1, 2), ""},
		"no leader":               {quorum(-1, three()), listed(0, 1, 2, 3), "no leader"},
		"leader that is no voter": {quorum(7, three()), listed(0, 1, 2, 3), "no leader"},
		"one comes":               {quorum(0, three(), at(3, "3a", now)), listed(0, 1, 2, 3), "+3 3a"},
		"two come, lower first": {
			quorum(0, three(), at(4, "4a", now), at(3, "3a", now)), listed(0, 1, 2, 3, 4), "+3 3a",
		},
		"the first is not there, the second is": {
			quorum(0, three(), at(4, "4a", now)), listed(0, 1, 2, 3, 4), "+4 4a",
		},
		"not seen yet": {
			quorum(0, three()), listed(0, 1, 2, 3), "node 3 is to become a voter: node 3 is not seen",
		},
		"without a directory": {
			quorum(0, three(), at(3, "", now)), listed(0, 1, 2, 3), "node 3 is not seen",
		},
		"behind": {
			quorum(0, three(), at(3, "3a", now-3000)), listed(0, 1, 2, 3), "node 3 is not caught up",
		},
		"a voter is behind": {
			quorum(0, lagging(three(), 2), at(3, "3a", now)), listed(0, 1, 2, 3), "voter 2 is not caught up",
		},
		"an older directory": {
			quorum(0, three(), at(3, "3a", now-90_000), at(3, "3b", now)), listed(0, 1, 2, 3), "+3 3b",
		},
		"a broker observes":       {quorum(0, three(), at(7, "7a", now)), listed(0, 1, 2), ""},
		"one leaves":              {quorum(0, four()), leaving(listed(0, 1, 2), 3), "-3 3a"},
		"two leave, higher first": {quorum(0, four()), leaving(listed(0, 1), 2, 3), "-3 3a"},
		"the leader leaves last":  {quorum(3, four()), leaving(listed(0, 1), 2, 3), "-2 2a"},
		"only the leader leaves":  {quorum(3, four()), leaving(listed(0, 1, 2), 3), "-3 3a"},
		"down to one":             {quorum(1, three()[:2]), leaving(listed(0), 1), "-1 1a"},
		"the last voter stays": {
			quorum(1, three()[1:2]), leaving(nil, 1), "node 1 is the only voter",
		},
		"somebody else's voter": {quorum(0, four()), listed(0, 1, 2), ""},
		"it is held": {
			quorum(0, four()), append(listed(0, 1, 2), Controller{ID: 3, Held: "it holds 2 replicas"}), "it holds 2 replicas",
		},
		"it is needed": {
			quorum(0, four()), append(listed(0, 1, 2), Controller{ID: 3, Needed: "broker 7 is first"}), "broker 7 is",
		},
		"it is needed and down": {
			quorum(0, lagging(four(), 3)), append(listed(0, 1, 2), Controller{ID: 3, Needed: "broker 7 is first"}), "-3 3a",
		},
		"the one that comes stops": {
			quorum(0, three(), at(3, "3a", now)),
			append(listed(0, 1, 2), Controller{ID: 3, Wanted: true, Stops: "its stop is announced"}), "its stop is announced",
		},
		"what is held holds no other": {
			quorum(0, four()), append(listed(0, 1), Controller{ID: 2}, Controller{ID: 3, Held: "it holds 2 replicas"}), "-2 2a",
		},
		"another is behind": {
			quorum(0, lagging(four(), 1)), leaving(listed(0, 1, 2), 3), "voter 1 is not caught up",
		},
		"one that is down leaves": {quorum(0, lagging(four(), 3)), leaving(listed(0, 1, 2), 3), "-3 3a"},
		"two are down, one leaves": {
			quorum(0, lagging(lagging(three(), 1), 2)), leaving(listed(0, 1), 2), "only 1 of 2 voters",
		},
		"exchanged, the new one first": {
			quorum(0, three(), at(3, "3a", now)), leaving(listed(0, 1, 3), 2), "+3 3a",
		},
		"exchanged, the new one is not there": {
			quorum(0, three()), leaving(listed(0, 1, 3), 2), "node 3 is not seen",
		},
		"exchanged, the old one is down": {
			quorum(0, lagging(three(), 2), at(3, "3a", now)), leaving(listed(0, 1, 3), 2), "-2 2a",
		},
		"disk replaced":             {quorum(0, lagging(three(), 2), at(2, "2b", now)), listed(0, 1, 2), "-2 2a"},
		"disk replaced, not caught": {quorum(0, lagging(three(), 2), at(2, "2b", 5)), listed(0, 1, 2), ""},
		"disk replaced, another down": {
			quorum(0, lagging(lagging(three(), 1), 2), at(2, "2b", now)), listed(0, 1, 2), "only 1 of 2 voters",
		},
		"disk replaced, removed":  {quorum(0, three()[:2], at(2, "2b", now)), listed(0, 1, 2), "+2 2b"},
		"the old disk still runs": {quorum(0, three(), at(2, "2b", now)), listed(0, 1, 2), ""},
		"a static quorum": {
			quorum(0, []sync.QuorumReplica{at(0, "", now), at(1, "", now), at(2, "", now)}), leaving(listed(0, 1), 2),
			"is static",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) { expect(t, Next(sync.Known(c.quorum), c.controllers, nil), c.want) })
	}
	expect(t, Next(sync.UnknownFact[sync.Quorum]("it is late"), listed(0), nil), "it is late")
}

func expect(t *testing.T, step Step, want string) {
	t.Helper()
	got := step.Waits
	switch {
	case step.Add != nil && step.Remove != nil:
		t.Errorf("two changes at once: %+v", step)
	case step.Add != nil:
		got = "+" + string('0'+step.Add.ID) + " " + step.Add.Directory
	case step.Remove != nil:
		got = "-" + string('0'+step.Remove.ID) + " " + step.Remove.Directory
	}
	if (got == "") != (want == "") || !strings.Contains(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if (step.Add != nil || step.Remove != nil) != (step.Because != "") {
		t.Errorf("a change and its facts go together: %+v", step)
	}
}

// Every change that Next makes is one that the law allows, and none that it refuses is made.
func TestNextKeepsTheLaw(t *testing.T) {
	for seed := range 4096 {
		// Three bits a voter or observer: is it there, does it lag, is it wanted.
		q := sync.Quorum{Leader: int32(seed % 4)}
		var controllers []Controller
		for id := range int32(4) {
			bits := seed >> (3 * id)
			caughtUp := int64(now)
			if bits&2 != 0 && id != q.Leader {
				caughtUp = 5
			}
			if bits&1 != 0 {
				q.Voters = append(q.Voters, at(id, "a", caughtUp))
			} else {
				q.Observers = append(q.Observers, at(id, "a", caughtUp))
			}
			controllers = append(controllers, Controller{ID: id, Wanted: bits&4 != 0})
		}
		fact := sync.Known(q)
		step := Next(fact, controllers, nil)
		switch {
		case step.Add != nil:
			why := MayAdd(fact, step.Add.ID, step.Add.Directory)
			if why != "" || !controllers[step.Add.ID].Wanted {
				t.Fatalf("%d: adds %d although %s", seed, step.Add.ID, why)
			}
		case step.Remove != nil:
			why := MayRemove(fact, step.Remove.ID, step.Remove.Directory)
			if why != "" || controllers[step.Remove.ID].Wanted {
				t.Fatalf("%d: removes %d although %s", seed, step.Remove.ID, why)
			}
		}
	}
}

// What Kafka said of a voter before it went down counts no more.
func TestDown(t *testing.T) {
	quorum := sync.Known(sync.Quorum{Leader: 1, Voters: []sync.QuorumReplica{
		{ID: 0, LastCaughtUpMillis: 1000, Directory: "a"},
		{ID: 1, LastCaughtUpMillis: 1000, Directory: "b"},
		{ID: 2, LastCaughtUpMillis: 1000, Directory: "c"},
	}})
	if why := MayRemove(quorum, 2, "c"); why != "" {
		t.Errorf("all others are caught up, and voter 2 may not leave: %s", why)
	}
	if why := MayRemove(Down(quorum, []int32{0}), 2, "c"); !strings.Contains(why, "voter 0 is not ready") {
		t.Errorf("voter 0 is down, and voter 2 may leave: %q", why)
	}
	if why := MayRemove(Down(quorum, []int32{1}), 2, "c"); !strings.Contains(why, "no leader") {
		t.Errorf("the leader is down, and voter 2 may leave: %q", why)
	}
	if before, _ := quorum.Get(); before.Voters[0].LastCaughtUpMillis != 1000 {
		t.Error("the fact was changed")
	}
}

func TestOrphaned(t *testing.T) {
	for _, c := range []struct {
		knows, controllers int
		votes, want        bool
	}{
		{0, 1, true, true},
		{0, 3, false, true},
		{1, 1, false, false},
		{1, 2, false, false}, // a majority of two has it
		{1, 3, false, true},
		{1, 3, true, false},
		{2, 3, false, false},
		{2, 5, false, true},
		{3, 5, false, false},
	} {
		if why := Orphaned(c.knows, c.controllers, c.votes); (why != "") != c.want {
			t.Errorf("%+v: %q", c, why)
		}
	}
}
