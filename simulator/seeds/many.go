package seeds

import (
	"context"
	"runtime"
	"runtime/debug"
	gosync "sync"
	"time"

	"github.com/kompositor/kompositor/sync"
)

// Many is a run of many seeds.
type Many struct {
	Hooks map[string]sync.Hook
	// From is the first seed, Seeds how many there are.
	From  uint64
	Seeds int
	// Until ends the run at the first failure that it says so of; nil runs all.
	Until func(*Report) bool
	// Progress is told every report, in the order of their ends; nil for nobody.
	Progress func(*Report)
}

// Run lets the seeds live, as many at a time as there are processors, each world in a goroutine of its own. Its summary
// has the failures in the order of their seeds.
func (m Many) Run(ctx context.Context) *Summary {
	const garbage = 400 // percent: worlds are short-lived, and most of what they make is garbage with them
	defer debug.SetGCPercent(debug.SetGCPercent(garbage))
	started := time.Now()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	jobs, reports := make(chan uint64), make(chan *Report)
	var workers gosync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for seed := range jobs {
				reports <- Live(Draw(seed), m.Hooks, nil)
			}
		})
	}
	go func() {
		defer close(jobs)
		for i := range m.Seeds {
			select {
			case jobs <- m.From + uint64(i):
			case <-ctx.Done():
				return
			}
		}
	}()
	go func() { workers.Wait(); close(reports) }()
	summary := newSummary()
	for report := range reports {
		summary.add(report)
		if m.Progress != nil {
			m.Progress(report)
		}
		if m.Until != nil && report.Failed() && m.Until(report) {
			stop()
		}
	}
	summary.sort()
	summary.Took = time.Since(started)
	return summary
}

// FirstBreach lets seeds live until one breaks the law, whatever else they break; nil when none of them does.
func (m Many) FirstBreach(ctx context.Context, law string) *Report {
	var found *Report
	m.Until = func(r *Report) bool {
		if r.breaks(law) && (found == nil || r.Seed < found.Seed) {
			found = r
		}
		return found != nil
	}
	m.Run(ctx)
	return found
}
