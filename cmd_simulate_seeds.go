package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/kompositor/kompositor/simulator"
	"github.com/kompositor/kompositor/simulator/seeds"
)

// given says that a flag was set on the command line.
func given(flags *flag.FlagSet, name string) bool {
	set := false
	flags.Visit(func(f *flag.Flag) { set = set || f.Name == name })
	return set
}

// simulateSeeds is simulate without a KafkaCluster of the user's: many seeds, one seed, or a script. It says whether it
// was asked for.
func simulateSeeds(ctx context.Context, config simulateConfig, oneSeed bool, to streams) (code int, done bool) {
	switch {
	case config.seeds > 0:
		return manySeeds(ctx, config, to), true
	case config.script != "":
		text, err := readFile(config.script)
		if err != nil {
			return fail(to, err, exitUsage), true
		}
		trial, err := seeds.Parse(text)
		if err != nil {
			return fail(to, fmt.Errorf("%s: %w", config.script, err), exitUsage), true
		}
		return oneTrial(trial, to), true
	case oneSeed:
		return oneTrial(seeds.Draw(config.seed), to), true
	}
	return exitOK, false
}

// oneTrial tells the story of one world.
func oneTrial(trial seeds.Trial, to streams) int {
	fmt.Fprintf(to.out, "%s\n", trial)
	report := seeds.Live(trial, hooks(), func(s simulator.Sentence) { fmt.Fprintln(to.out, s) })
	if report.Failed() {
		fmt.Fprintf(to.out, "\n%s", seeds.Failure(report))
		return exitFailed
	}
	fmt.Fprintf(to.out, "\nconverged after %d seconds and %d calls; no law was broken\n", report.Ticks, report.Calls)
	return exitOK
}

// shrinkTries is how many shorter scripts are tried for a failed seed.
const shrinkTries = 300

// shrunk is how many of the failed seeds are made shorter.
const shrunk = 5

// manySeeds lets many worlds live and sums up.
func manySeeds(ctx context.Context, config simulateConfig, to streams) int {
	started, done := time.Now(), 0
	var edits []seeds.Edit
	summary := seeds.Many{
		Hooks: hooks(), From: config.from, Seeds: config.seeds,
		Progress: func(report *seeds.Report) {
			if config.edits != "" {
				edits = append(edits, report.Edits...)
			}
			if done++; report.Failed() {
				fmt.Fprintf(to.err, "seed %d fails: %s\n", report.Seed, report.What())
			}
			const each = 1000
			if done%each == 0 {
				rate := float64(done) / time.Since(started).Seconds()
				fmt.Fprintf(to.err, "%d seeds, %.1f a second\n", done, rate)
			}
		},
	}.Run(ctx)
	fmt.Fprint(to.out, summary)
	if config.edits != "" {
		if err := writeEdits(config.edits, edits); err != nil {
			return fail(to, err, exitFailed)
		}
	}
	for i, report := range summary.Failures {
		if i < shrunk && ctx.Err() == nil {
			report = seeds.Shrink(report, hooks(), shrinkTries)
		}
		fmt.Fprintf(to.out, "\n%s", seeds.Failure(report))
	}
	if len(summary.Failures) > 0 {
		fmt.Fprint(to.out, "\nkompositor simulate --seed N tells the story of a seed, --script FILE that of a script.\n")
		return exitFailed
	}
	return exitOK
}

// writeEdits writes one JSON object a line, by seed.
func writeEdits(file string, edits []seeds.Edit) error {
	slices.SortStableFunc(edits, func(a, b seeds.Edit) int { return cmp.Compare(a.Seed, b.Seed) })
	var text bytes.Buffer
	lines := json.NewEncoder(&text)
	for _, edit := range edits {
		if err := lines.Encode(edit); err != nil {
			return err
		}
	}
	return os.WriteFile(file, text.Bytes(), 0o600)
}
