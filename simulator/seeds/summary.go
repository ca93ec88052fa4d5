package seeds

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kompositor/kompositor/simulator"
	"github.com/kompositor/kompositor/simulator/weather"
)

// Summary is what became of many trials.
type Summary struct {
	Seeds, Ticks, Calls int
	Took                time.Duration
	Struck              map[weather.Kind]int
	Looks               map[simulator.Law]int
	Reached             map[string]int
	Failures            []*Report
}

func newSummary() *Summary {
	return &Summary{Struck: map[weather.Kind]int{}, Looks: map[simulator.Law]int{}, Reached: map[string]int{}}
}

// add takes a report in.
func (s *Summary) add(r *Report) {
	s.Seeds, s.Ticks, s.Calls = s.Seeds+1, s.Ticks+r.Ticks, s.Calls+r.Calls
	for kind, n := range r.Struck {
		s.Struck[kind] += n
	}
	for law, n := range r.Looks {
		s.Looks[law] += n
	}
	for reason, n := range r.Reached {
		s.Reached[reason] += n
	}
	if r.Failed() {
		s.Failures = append(s.Failures, r)
	}
}

// Never are the reasons and commands that no trial has reached.
func (s *Summary) Never() []string {
	return slices.DeleteFunc(Known(), func(name string) bool { return s.Reached[name] > 0 })
}

// String is the summary for people.
func (s *Summary) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d seeds, %d simulated seconds, %d calls in %s: %.1f seeds a second, %d failed\n", s.Seeds, s.Ticks,
		s.Calls, s.Took.Round(time.Millisecond), float64(s.Seeds)/s.Took.Seconds(), len(s.Failures))
	b.WriteString("\nfaults by kind\n")
	for _, kind := range slices.Concat(weather.Kinds(), weather.ControlKinds()) {
		fmt.Fprintf(&b, "  %8d  %s\n", s.Struck[kind], kind)
	}
	b.WriteString("\nlaws, and how often each was looked at where it could have been broken\n")
	for _, law := range simulator.Laws() {
		fmt.Fprintf(&b, "  %8d  %s\n", s.Looks[law], law)
	}
	fmt.Fprintf(&b, "  %8d  %s\n", s.Seeds, Convergence)
	known, never := Known(), s.Never()
	fmt.Fprintf(&b, "\nreasons and commands reached: %d of %d\n", len(known)-len(never), len(known))
	for _, name := range slices.Sorted(maps.Keys(s.Reached)) {
		fmt.Fprintf(&b, "  %8d  %s\n", s.Reached[name], name)
	}
	fmt.Fprintf(&b, "never reached: %s\n", strings.Join(never, ", "))
	return b.String()
}

// Failure tells of a trial that failed: what was broken, and the text to see it again.
func Failure(r *Report) string {
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d fails after %d seconds\n", r.Seed, r.Ticks)
	for _, breach := range r.Breaches {
		fmt.Fprintf(&b, "  %s\n", breach)
	}
	if r.Err != nil {
		fmt.Fprintf(&b, "  %s: %v\n", Convergence, r.Err)
	}
	return b.String() + indent(r.Trial.String())
}

func indent(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n    ") + "\n"
}

// sort puts the failures in the order of their seeds.
func (s *Summary) sort() {
	slices.SortFunc(s.Failures, func(a, b *Report) int { return cmp.Compare(a.Seed, b.Seed) })
}
