package seeds_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kompositor/kompositor/simulator"
	"github.com/kompositor/kompositor/simulator/seeds"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/cluster"
	"github.com/kompositor/kompositor/sync/operation"
	"github.com/kompositor/kompositor/sync/topic"
	"github.com/kompositor/kompositor/sync/user"
)

var (
	count = flag.Int("seeds", 50, "number of seeds; make sim runs 2000")
	from  = flag.Uint64("from", 1, "the first seed; with -seeds=1 and -v it tells the story of that one")
)

// hooks are Kompositor.
func hooks() map[string]sync.Hook {
	return map[string]sync.Hook{
		"kafkacluster": cluster.Hook{}, "kafkatopic": topic.Hook{}, "kafkauser": user.Hook{},
		"cruisecontroloperation": operation.Hook{},
	}
}

// TestSeeds lets worlds live that are drawn from their seeds. Whatever happens there, no law is broken, and once the
// faults have stopped every world converges.
func TestSeeds(t *testing.T) {
	if *count == 1 && testing.Verbose() {
		report := seeds.Live(seeds.Draw(*from), hooks(), func(s simulator.Sentence) { t.Log(s) })
		t.Log(report.Trial.String())
		if report.Failed() {
			t.Error(seeds.Failure(report))
		}
		return
	}
	failed := 0
	many := seeds.Many{Hooks: hooks(), From: *from, Seeds: *count, Until: func(*seeds.Report) bool {
		failed++
		return failed >= 20
	}}
	summary := many.Run(t.Context())
	t.Log(summary)
	for i, report := range summary.Failures {
		if i < 5 {
			report = seeds.Shrink(report, hooks(), 150)
		}
		t.Error(seeds.Failure(report))
	}
}

// TestFound lets those worlds live again that have failed once. A seed draws another world as soon as anything is drawn
// in another way; the script that it was shortened to stays what it was.
func TestFound(t *testing.T) {
	paths, err := filepath.Glob("testdata/found/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatalf("there are no scripts: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			trial, err := seeds.Parse(string(text))
			if err != nil {
				t.Fatal(err)
			}
			if report := seeds.Live(trial, hooks(), nil); report.Failed() {
				t.Error(seeds.Failure(report))
			}
		})
	}
}

// A trial's text says all of it.
func TestParseReadsWhatStringWrites(t *testing.T) {
	for seed := range uint64(200) {
		drawn := seeds.Draw(seed)
		read, err := seeds.Parse(drawn.String())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(drawn, read); diff != "" {
			t.Errorf("seed %d is read as another trial: %s\n%s", seed, diff, drawn)
		}
	}
	for _, wrong := range []string{"", "cluster brokers=0", "cluster wheels=4", "rain", "cluster brokers=1\n+x kill"} {
		if read, err := seeds.Parse(wrong); err == nil {
			t.Errorf("%q is read as\n%s", wrong, read)
		}
	}
}

// Worlds with a Cruise Control have its faults, others none.
func TestDrawGivesCruiseControlItsFaults(t *testing.T) {
	with, struck := 0, 0
	for seed := range uint64(200) {
		drawn := seeds.Draw(seed)
		there := strings.Contains(drawn.String(), " cruise-control")
		faults := strings.Contains(drawn.Weather.String(), "control-")
		if faults && !there {
			t.Errorf("seed %d has faults of a Cruise Control that nobody starts:\n%s", seed, drawn)
		}
		if there {
			with++
		}
		if faults {
			struck++
		}
	}
	if struck < with/3 || struck == with {
		t.Errorf("of %d worlds with a Cruise Control %d have its faults", with, struck)
	}
}

// A life is a function of its trial.
func TestLiveIsReproducible(t *testing.T) {
	for seed := range uint64(3) {
		live := func() (story string) {
			seeds.Live(seeds.Draw(seed), hooks(), func(s simulator.Sentence) { story += s.String() + "\n" })
			return story
		}
		if first, second := live(), live(); first != second || first == "" {
			t.Errorf("two lives of seed %d tell different stories:\n%s", seed, cmp.Diff(first, second))
		}
	}
}
