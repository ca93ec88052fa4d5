package weather_test

import (
	"maps"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kompositor/kompositor/simulator/weather"
)

func TestParseReadsWhatStringWrites(t *testing.T) {
	for seed := range uint64(50) {
		drawn := weather.Drawn(rand.New(rand.NewPCG(seed, 0)), int(seed))
		if seed > 0 {
			drawn.At = map[weather.Kind]int{weather.ControlRestart: int(seed), weather.LostCall: 1}
		}
		read, err := weather.Parse(drawn.String())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(drawn, read); diff != "" {
			t.Errorf("%s is read as another weather: %s", drawn, diff)
		}
	}
	for _, wrong := range []string{
		"until=soon", "lost-answer=2", "lost-answer", "rain=0.5", "rain@1", "lost-call@0", "lost-call@x",
	} {
		if read, err := weather.Parse(wrong); err == nil {
			t.Errorf("%q is read as %s", wrong, read)
		}
	}
}

// The kinds of Cruise Control are drawn for themselves: every one is, in some worlds, and what was drawn before stays.
func TestDrawControlAddsItsOwnKinds(t *testing.T) {
	in, spared := map[weather.Kind]bool{}, 0
	for seed := range uint64(100) {
		before := weather.Drawn(rand.New(rand.NewPCG(seed, 0)), int(seed))
		after := weather.Drawn(rand.New(rand.NewPCG(seed, 0)), int(seed))
		after.DrawControl(rand.New(rand.NewPCG(seed, 1)))
		left := after
		for _, kind := range weather.ControlKinds() {
			if after.Rates[kind] > 0 {
				in[kind] = true
			}
			left = left.Without(kind)
		}
		if left.String() != before.String() {
			t.Errorf("seed %d has the weather %s, and %s without Cruise Control's", seed, before, left)
		}
		if left.String() == after.String() {
			spared++
		}
	}
	if len(in) != len(weather.ControlKinds()) || spared < 20 || spared > 50 {
		t.Errorf("%d kinds are drawn, and %d of 100 worlds have none: %v", len(in), spared, in)
	}
}

// What strikes of one kind does not depend on the others, and nothing strikes when the weather is over.
func TestKindsDoNotDependOnEachOther(t *testing.T) {
	all := weather.Weather{Until: 900, Rates: map[weather.Kind]float64{}}
	for _, kind := range weather.Kinds() {
		all.Rates[kind] = 0.3
	}
	strikes := func(w weather.Weather) map[int]bool {
		storm, at := weather.New(w, 7), map[int]bool{}
		for tick := range 1000 {
			for _, kind := range weather.Kinds() {
				if storm.Strikes(kind, tick) && kind == weather.LostCall {
					at[tick] = true
				}
			}
		}
		return at
	}
	together := strikes(all)
	alone := strikes(weather.Weather{Until: 900, Rates: map[weather.Kind]float64{weather.LostCall: 0.3}})
	if !maps.Equal(together, alone) || len(alone) < 200 {
		t.Errorf("alone it strikes %d times, among the others %d times", len(alone), len(together))
	}
	for tick := 900; tick < 1000; tick++ {
		if alone[tick] {
			t.Errorf("it strikes at tick %d, after its end", tick)
		}
	}
}

// A kind strikes at its occasion, once, and no other does.
func TestStrikesAtItsOccasion(t *testing.T) {
	storm := weather.New(weather.Weather{At: map[weather.Kind]int{weather.LostCall: 3}}, 7)
	var at []int
	for occasion := 1; occasion <= 5; occasion++ {
		if storm.Strikes(weather.LostWrite, occasion) || storm.Strikes(weather.LostCall, occasion) {
			at = append(at, occasion)
		}
	}
	if len(at) != 1 || at[0] != 3 || storm.Struck[weather.LostCall] != 1 || storm.Occasions[weather.LostWrite] != 5 {
		t.Errorf("strikes at %v, struck %v, occasions %v", at, storm.Struck, storm.Occasions)
	}
}
