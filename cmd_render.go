package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kubejson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/api/v1beta1"
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
	if err := unknownFields(documents); err != nil {
		return fail(to, err, exitFailed)
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

// unknownFields says which fields of our kinds' objects are in no type, as kubectl apply does: a real API server would
// drop a misspelt one, and the answer would be about something else than what was meant.
func unknownFields(documents string) error {
	var all []error
	for document := range strings.SplitSeq("\n"+documents, "\n---") {
		text, err := yaml.YAMLToJSON([]byte(document))
		if err != nil {
			return err
		}
		var object metav1.PartialObjectMetadata
		if err := json.Unmarshal(text, &object); err != nil {
			continue // it is no object at all, and told so when it is applied
		}
		into, ours := map[string]any{
			"KafkaCluster": new(v1beta1.KafkaCluster), "KafkaTopic": new(v1alpha1.KafkaTopic),
			"KafkaUser": new(v1alpha1.KafkaUser), "CruiseControlOperation": new(v1alpha1.CruiseControlOperation),
		}[object.Kind]
		if !ours {
			continue
		}
		// What does not fit its type is the spec's mistake: the hook lists it with its path.
		unknown, _ := kubejson.UnmarshalStrict(text, into, kubejson.DisallowUnknownFields)
		for _, err := range unknown {
			all = append(all, fmt.Errorf("%s %s: %w", object.Kind, object.Name, err))
		}
	}
	return errors.Join(all...)
}
