package simulator

import (
	"flag"
	"os"
	"testing"
	"time"
)

var (
	seeds     = flag.Int("seeds", 20, "number of seeds")
	firstSeed = flag.Uint64("seed", 1, "the first seed; with -seeds=1 and -v it tells the story of that one")
)

// TestSeeds lets clusters live through random faults and changes. A failure prints the seed and its script.
func TestSeeds(t *testing.T) {
	demo, err := os.ReadFile("../manifests/samples/kafkacluster-demo.yaml")
	if err != nil {
		t.Fatal(err)
	}
	const length = 8
	started, ticks, calls, failed := time.Now(), 0, 0, 0
	for i := range *seeds {
		seed := *firstSeed + uint64(i)
		options := Options{Seed: seed, Nodes: 4, Hook: clusterHook, TwiceEvery: 25}
		if *seeds == 1 && testing.Verbose() {
			options.Watch = func(s Sentence) { t.Log(s) }
		}
		report := Run(options, string(demo), RandomScript(seed, length))
		ticks, calls = ticks+report.Ticks, calls+report.Calls
		if report.Failed() {
			t.Error(report)
			if failed++; failed == 5 {
				t.Fatal("five seeds have failed; the rest is not tried")
			}
		}
	}
	took := time.Since(started)
	t.Logf("%d seeds, %d ticks, %d calls in %s: %.1f seeds a second",
		*seeds, ticks, calls, took, float64(*seeds)/took.Seconds())
}

// A run is a function of its options and its script.
func TestRunIsReproducible(t *testing.T) {
	demo, err := os.ReadFile("../manifests/samples/kafkacluster-demo.yaml")
	if err != nil {
		t.Fatal(err)
	}
	run := func() (story string) {
		options := Options{Seed: 7, Nodes: 4, Hook: clusterHook, Watch: func(s Sentence) { story += s.String() + "\n" }}
		Run(options, string(demo), RandomScript(7, 6))
		return story
	}
	if first, second := run(), run(); first != second || first == "" {
		t.Errorf("two runs of the same seed tell different stories:\n%s\n%s", first, second)
	}
}
