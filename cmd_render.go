package main

import (
	"context"
	"flag"
	"fmt"

	"sigs.k8s.io/yaml"

	"github.com/kompositor/kompositor/simulator"
	"github.com/kompositor/kompositor/simulator/chapters"
	"github.com/kompositor/kompositor/simulator/metacontroller"
)

// renderSeconds is how long the world has to come to the point where every child was asked for.
const renderSeconds = 120

// render prints the children of a KafkaCluster as YAML: what the hook answers once everything that a child waits for is
// there, Pods included. Uids and what follows from them, such as the KRaft cluster id, are the simulated world's.
func render(_ context.Context, args []string, to streams) int {
	var file string
	flags := flag.NewFlagSet("render", flag.ContinueOnError)
	flags.Usage = func() {
		fmt.Fprint(to.err, "usage: kompositor render -f CR.yaml\n\n"+
			"Prints every object that a KafkaCluster leads to, as Metacontroller would be told to create it, Pods included.\n"+
			"The KRaft cluster id follows from the object's uid, which only a real API server gives it.\n\n")
		flags.PrintDefaults()
	}
	flags.StringVar(&file, "f", "", "YAML `FILE` with the KafkaCluster and the objects it needs; - reads stdin")
	if code, goOn := parse(flags, args, to); !goOn {
		return code
	}
	documents, err := readFile(file)
	if err != nil {
		flags.Usage()
		return fail(to, err, exitUsage)
	}
	world := simulator.New(simulator.Options{Seed: 1, Nodes: 6, Hook: func(w *simulator.World) metacontroller.Hook {
		return simulator.Line{Hooks: hooks(), World: w}
	}})
	chapter := chapters.FirstChapter(documents)
	chapter.Goal = simulator.Settled
	if _, err := chapter.Begin(world); err != nil {
		return fail(to, err, exitFailed)
	}
	unsettled := chapter.Perform(world, renderSeconds, func() {})
	if call := world.LastCall(); call == nil || call.Err != nil || world.ConditionOf("SpecValid") == "False" {
		return fail(to, fmt.Errorf("nothing to render: %s", world.Waiting()), exitFailed)
	}
	for _, child := range chapters.Rendered(world) {
		text, err := yaml.Marshal(child)
		if err != nil {
			return fail(to, err, exitFailed)
		}
		fmt.Fprintf(to.out, "---\n%s", text)
	}
	if unsettled != nil {
		fmt.Fprintf(to.err, "kompositor: there may be more: %v\n", unsettled)
	}
	return exitOK
}
