package sweep_test

import (
	"flag"
	"strings"
	"testing"

	"github.com/kompositor/kompositor/simulator"
	"github.com/kompositor/kompositor/simulator/sweep"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/cluster"
	"github.com/kompositor/kompositor/sync/operation"
	"github.com/kompositor/kompositor/sync/topic"
	"github.com/kompositor/kompositor/sync/user"
)

var (
	every   = flag.Int("every", 61, "let a fault strike at every n-th point; make sweep has all")
	seconds = flag.Int("seconds", 17, "take removals back at every n-th second; make sweep takes all")
	point   = flag.String("point", "", "tell, with -v, the story of one point: control-restart@17")
)

// hooks are Kompositor.
func hooks() map[string]sync.Hook {
	return map[string]sync.Hook{
		"kafkacluster": cluster.Hook{}, "kafkatopic": topic.Hook{}, "kafkauser": user.Hook{},
		"cruisecontroloperation": operation.Hook{},
	}
}

// TestSweep lets every kind of fault strike at every n-th point at which Cruise Control is asked or told something, one
// in each life. No law is broken, and every life comes to the same end.
func TestSweep(t *testing.T) {
	undisturbed, err := sweep.Live(hooks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	points, tell := undisturbed.Chosen(*every), (func(simulator.Sentence))(nil)
	if *point != "" {
		points = sweep.Named(undisturbed.Points, *point)
		tell = func(s simulator.Sentence) { t.Log(s) }
	}
	if len(points) == 0 {
		t.Fatalf("there is no such point: %s", undisturbed)
	}
	summary := sweep.Summary{Undisturbed: undisturbed}
	summary.Add(sweep.All(points, func(p sweep.Point) *sweep.Report {
		report := sweep.Strike(hooks(), p, tell)
		if why := report.Why(undisturbed.End); why != "" {
			t.Errorf("%s: %s\nsee it: go test ./simulator/sweep -run TestSweep -v -point %[1]s", p, why)
		}
		if !report.Struck {
			t.Errorf("%s: the fault did not strike", p)
		}
		return report
	}))
	t.Log("\n" + summary.String())
}

// TestTakenBack takes the removal of a broker, and that of a disk, back at every n-th second. Whatever was not let go
// yet stays, and nothing is lost.
func TestTakenBack(t *testing.T) {
	undisturbed, err := sweep.Live(hooks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	lives, tell := undisturbed.TakenBacks(*seconds), (func(simulator.Sentence))(nil)
	if *point != "" {
		lives = sweep.Named(undisturbed.TakenBacks(1), *point)
		tell = func(s simulator.Sentence) { t.Log(s) }
	}
	sweep.All(lives, func(b sweep.TakenBack) error {
		err := sweep.TakeBack(hooks(), b, tell)
		if err != nil {
			t.Errorf("%s: %v\nsee it: go test ./simulator/sweep -run TestTakenBack -v -point %[1]s", b, err)
		}
		return err
	})
	t.Logf("%d lives", len(lives))
}

// The story passes the points that it is about.
func TestEveryTaskIsStarted(t *testing.T) {
	undisturbed, err := sweep.Live(hooks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, endpoint := range []string{"add_broker", "rebalance", "remove_broker", "remove_disks"} {
		if undisturbed.Requests["POST "+endpoint] != 1 {
			t.Errorf("POST %s: %d times", endpoint, undisturbed.Requests["POST "+endpoint])
		}
	}
	for _, claim := range []string{"demo-4-storage-0", "demo-3-storage-1"} {
		if strings.Contains(undisturbed.End, claim) {
			t.Errorf("at the end %s is there", claim)
		}
	}
}
