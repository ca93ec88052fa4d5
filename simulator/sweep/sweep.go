package sweep

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	gosync "sync"

	"github.com/kompositor/kompositor/simulator"
	"github.com/kompositor/kompositor/simulator/weather"
	"github.com/kompositor/kompositor/sync"
)

// Point is one occasion of one kind of fault.
type Point struct {
	Kind     weather.Kind
	Occasion int
}

// String is the point as weather writes it: control-restart@17.
func (p Point) String() string { return fmt.Sprintf("%s@%d", p.Kind, p.Occasion) }

// Report is what became of one life.
type Report struct {
	Point
	// Ticks is how long it was, Struck whether its fault struck.
	Ticks  int
	Struck bool
	// End is what it came to.
	End      string
	Breaches []simulator.Breach
	// Err says that it came to no end, or that a defect of the simulation ended it.
	Err error
}

// Undisturbed is the life that nothing strikes, and every point of it.
type Undisturbed struct {
	*Report
	Points []Point
	// LastChapter is how long the last chapter was, in ticks.
	LastChapter int
	// Requests counts the requests to Cruise Control by method and endpoint.
	Requests map[string]int
}

// Live lets the story happen once undisturbed.
func Live(hooks map[string]sync.Hook, watch func(simulator.Sentence)) (*Undisturbed, error) {
	l, report := live(hooks, weather.Weather{}, watch)
	if report.Failed("") {
		return nil, fmt.Errorf("undisturbed: %s", report.Why(""))
	}
	u := &Undisturbed{Report: report, Requests: map[string]int{}, LastChapter: report.Ticks - l.began}
	for _, request := range l.world.Requests() {
		u.Requests[request.String()]++
	}
	for _, kind := range weather.ControlKinds() {
		for occasion := range l.world.Occasions()[kind] {
			u.Points = append(u.Points, Point{kind, occasion + 1})
		}
	}
	return u, nil
}

// Strike lets the story happen with a fault at one point.
func Strike(hooks map[string]sync.Hook, point Point, watch func(simulator.Sentence)) *Report {
	_, report := live(hooks, weather.Weather{At: map[weather.Kind]int{point.Kind: point.Occasion}}, watch)
	report.Point = point
	return report
}

func live(hooks map[string]sync.Hook, at weather.Weather, watch func(simulator.Sentence)) (l *life, report *Report) {
	report = &Report{}
	defer func() {
		if r := recover(); r != nil {
			report.Err = fmt.Errorf("panic: %v", r)
		}
	}()
	l, report.Err = begin(hooks, at, watch)
	for _, c := range story() {
		if report.Err == nil && len(l.world.Breaches()) == 0 {
			report.Err = l.chapter(c)
		}
	}
	report.Ticks, report.Breaches, report.Struck = l.world.Tick(), l.world.Breaches(), len(l.world.Struck()) > 0
	if report.Err == nil {
		report.End = l.end()
	}
	return l, report
}

// Failed says that a law was broken, or that the life came to another end than it should; "" is any end.
func (r *Report) Failed(end string) bool { return r.Why(end) != "" }

// Why says what failed; empty for nothing.
func (r *Report) Why(end string) string {
	switch {
	case len(r.Breaches) > 0:
		return r.Breaches[0].String()
	case r.Err != nil:
		return r.Err.Error()
	case end != "" && r.End != end:
		return "it comes to another end:\n" + difference(end, r.End)
	}
	return ""
}

// difference lists the lines that only one of two texts has.
func difference(wanted, got string) string {
	var b strings.Builder
	one, other := strings.Split(wanted, "\n"), strings.Split(got, "\n")
	for _, line := range one {
		if !slices.Contains(other, line) {
			fmt.Fprintf(&b, "missing: %s\n", line)
		}
	}
	for _, line := range other {
		if !slices.Contains(one, line) {
			fmt.Fprintf(&b, "not wanted: %s\n", line)
		}
	}
	return b.String()
}

// All lets something happen for every item, as many at a time as there are processors, and returns what became of each,
// in their order.
func All[Item, Result any](items []Item, live func(Item) Result) []Result {
	const garbage = 400 // percent: worlds are short-lived, and most of what they make is garbage with them
	defer debug.SetGCPercent(debug.SetGCPercent(garbage))
	results, next := make([]Result, len(items)), make(chan int)
	var workers gosync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := range next {
				results[i] = live(items[i])
			}
		})
	}
	for i := range items {
		next <- i
	}
	close(next)
	workers.Wait()
	return results
}
