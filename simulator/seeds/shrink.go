package seeds

import (
	"maps"
	"slices"

	"github.com/kompositor/kompositor/simulator"
	"github.com/kompositor/kompositor/simulator/weather"
	"github.com/kompositor/kompositor/sync"
)

// Shrink leaves out of a failed trial whatever it can, deeds, kinds of faults and brokers, as long as the same law
// stays broken. It tries at most so many shorter ones.
func Shrink(failed *Report, hooks map[string]sync.Hook, tries int) *Report {
	best := failed
	fails := func(shorter Trial) bool {
		if tries <= 0 || !alone(shorter.Script) {
			return false
		}
		tries--
		report := Live(shorter, hooks, nil)
		if !report.Failed() || !report.breaks(failed.What()) {
			return false
		}
		best = report
		return true
	}
	for shorter := true; shorter && tries > 0; {
		shorter = false
		for _, part := range []func(Trial) []Trial{withoutDeeds, withoutFaults, smaller} {
			shorter = slices.ContainsFunc(part(best.Trial), fails) || shorter
		}
	}
	return best
}

// breaks says that a report's trial breaks the law.
func (r *Report) breaks(law string) bool {
	return law == Convergence && r.Err != nil || slices.ContainsFunc(r.Breaches, func(b simulator.Breach) bool {
		return string(b.Law) == law
	})
}

// withoutDeeds are the trials without a half, a quarter or one of the deeds. The deeds that stay keep their ticks.
func withoutDeeds(t Trial) []Trial {
	var shorter []Trial
	for size := len(t.Script); size >= 1; size /= 2 {
		for from := 0; from < len(t.Script); from += size {
			to := min(from+size, len(t.Script))
			left := t
			left.Script = slices.Clone(t.Script[:from])
			skipped := 0
			for _, deed := range t.Script[from:to] {
				skipped += deed.After
			}
			for i, deed := range t.Script[to:] {
				if i == 0 {
					deed.After += skipped
				}
				left.Script = append(left.Script, deed)
			}
			shorter = append(shorter, left)
		}
	}
	return shorter
}

// withoutFaults are the trials in fair weather, and without one kind of fault.
func withoutFaults(t Trial) []Trial {
	if len(t.Weather.Rates) == 0 {
		return nil
	}
	fair := t
	fair.Weather.Rates = map[weather.Kind]float64{}
	shorter := []Trial{fair}
	for _, kind := range slices.Sorted(maps.Keys(t.Weather.Rates)) {
		left := t
		left.Weather = t.Weather.Without(kind)
		shorter = append(shorter, left)
	}
	return shorter
}

// smaller are the trials with a simpler cluster.
func smaller(t Trial) []Trial {
	var shorter []Trial
	for _, simpler := range []func(*Shape){
		func(s *Shape) { s.Brokers = max(3, s.Brokers/2) },
		func(s *Shape) { s.Brokers-- },
		func(s *Shape) { s.Controllers = 0 },
		func(s *Shape) { s.Disks = 1 },
		func(s *Shape) { s.Racks, s.Together, s.Threshold = false, 0, 1 },
		func(s *Shape) { s.Control = false },
		func(s *Shape) { s.Class = "" },
		func(s *Shape) { s.Topic, s.User = false, false },
		func(s *Shape) { s.ServerSide = false },
		func(s *Shape) { s.Unguarded = false },
	} {
		left := t
		simpler(&left.Cluster)
		if left.Cluster != t.Cluster && left.Cluster.Brokers >= 1 && left.Cluster.Brokers <= t.Cluster.Brokers {
			shorter = append(shorter, left)
		}
	}
	return shorter
}
