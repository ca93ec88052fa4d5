package sweep

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kompositor/kompositor/simulator/weather"
)

// Chosen is every n-th of the points.
func (u *Undisturbed) Chosen(every int) []Point {
	var chosen []Point
	for i := 0; i < len(u.Points); i += max(1, every) {
		chosen = append(chosen, u.Points[i])
	}
	return chosen
}

// String says how long it was and what Cruise Control was asked.
func (u *Undisturbed) String() string {
	var asked []string
	for _, request := range slices.Sorted(maps.Keys(u.Requests)) {
		asked = append(asked, fmt.Sprintf("%s %d", request, u.Requests[request]))
	}
	return fmt.Sprintf("undisturbed: %d seconds, %d points; %s", u.Ticks, len(u.Points), strings.Join(asked, ", "))
}

// Named are the points, or lives, of one name.
func Named[P fmt.Stringer](all []P, name string) []P {
	return slices.DeleteFunc(slices.Clone(all), func(p P) bool { return p.String() != name })
}

// Summary is the table of a sweep.
type Summary struct {
	*Undisturbed
	reports []*Report
}

// Add takes reports in.
func (s *Summary) Add(reports []*Report) { s.reports = append(s.reports, reports...) }

// String is the table: how many points there are of each kind of fault, how many lives were lived, failed, and how long
// they were.
func (s *Summary) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n| fault | points | lives | failed | seconds, longest |\n| --- | ---: | ---: | ---: | ---: |\n",
		s.Undisturbed)
	lives, failures := 0, 0
	for _, kind := range weather.ControlKinds() {
		points, lived, failed, longest := 0, 0, 0, 0
		for _, p := range s.Points {
			if p.Kind == kind {
				points++
			}
		}
		for _, report := range s.reports {
			if report.Kind != kind {
				continue
			}
			lived++
			longest = max(longest, report.Ticks)
			if report.Failed(s.End) {
				failed++
			}
		}
		lives, failures = lives+lived, failures+failed
		fmt.Fprintf(&b, "| `%s` | %d | %d | %d | %d |\n", kind, points, lived, failed, longest)
	}
	fmt.Fprintf(&b, "| all | %d | %d | %d | |\n", len(s.Points), lives, failures)
	return b.String()
}
