package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"

	"github.com/kompositor/kompositor/plan"
	"github.com/kompositor/kompositor/simulator/apiserver"
)

// Exit codes of plan, beside exitOK for no change and exitFailed for an error.
const (
	exitChange  = 2
	exitRefused = 3
)

// planConfig is what the flags of plan say.
type planConfig struct {
	changed string
	output  string
	live    []string
}

// planChange prints what would happen to a live cluster. Exit code: 0 no change, 1 an error or wrong usage, 2 change,
// 3 something is refused.
func planChange(_ context.Context, args []string, to streams) int {
	var config planConfig
	flags := flag.NewFlagSet("plan", flag.ContinueOnError)
	flags.Usage = func() {
		fmt.Fprint(to.err, "usage: kubectl get \\\n"+
			"           kafkacluster,kafkatopic,cruisecontroloperation,pod,pvc,cm,svc,secret,pdb,deployment -o yaml |\n"+
			"         kompositor plan [-f CHANGED.yaml] [-o text|json|mermaid] [FILE...]\n\n"+
			"Prints what would happen to a live cluster, in order: what restarts and why, what grows, what is refused, what\n"+
			"is awaited. Without -f that is what is pending already. The files are what kubectl prints; none or - is stdin.\n"+
			"Nothing is read from a cluster, and nothing is changed.\n"+
			"Exit code: 0 no change, 1 an error or wrong usage, 2 change, 3 something is refused.\n\n")
		flags.PrintDefaults()
	}
	flags.StringVar(&config.changed, "f", "", "YAML `FILE` with the KafkaCluster as it is to be; - reads stdin")
	flags.StringVar(&config.output, "o", "text", "`FORMAT`: text, json, or mermaid for a timeline")
	if code, goOn := parse(flags, args, to); !goOn {
		return min(code, exitFailed) // 2 says that there is a change
	}
	if config.live = flags.Args(); len(config.live) == 0 {
		config.live = []string{"-"}
	}
	made, err := makePlan(config)
	if err != nil {
		return fail(to, err, exitFailed)
	}
	if err := writePlan(made, config.output, to.out); err != nil {
		return fail(to, err, exitFailed)
	}
	return map[plan.Verdict]int{plan.NoChange: exitOK, plan.Change: exitChange, plan.Refused: exitRefused}[made.Verdict]
}

// makePlan reads the files and makes the plan.
func makePlan(config planConfig) (*plan.Plan, error) {
	if config.output != "text" && config.output != "json" && config.output != "mermaid" {
		return nil, fmt.Errorf("-o %s: there are text, json and mermaid", config.output)
	}
	if config.changed == "-" && slices.Contains(config.live, "-") {
		return nil, errors.New("stdin can not be both the live cluster and -f -")
	}
	options := plan.Options{Hooks: hooks()}
	if config.changed != "" {
		if err := readChanged(config.changed, &options); err != nil {
			return nil, err
		}
	}
	for _, name := range config.live {
		read, err := readObjects(name)
		if err != nil {
			return nil, err
		}
		options.Objects = append(options.Objects, read...)
	}
	return plan.Make(options)
}

// readChanged reads the changed KafkaCluster, and what it needs, such as a Secret.
func readChanged(name string, into *plan.Options) error {
	read, err := readObjects(name)
	if err != nil {
		return err
	}
	for _, o := range read {
		switch {
		case apiserver.String(o, "kind") != "KafkaCluster":
			into.Objects = append(into.Objects, o)
		case into.Changed != nil:
			return fmt.Errorf("%s has more than one KafkaCluster", name)
		default:
			into.Changed = o
		}
	}
	if into.Changed == nil {
		return fmt.Errorf("%s has no KafkaCluster", name)
	}
	return nil
}

func readObjects(name string) ([]apiserver.Object, error) {
	text, err := readFile(name)
	if err != nil {
		return nil, err
	}
	objects, err := plan.Read(text)
	if err != nil {
		if name == "-" {
			name = "stdin"
		}
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return objects, nil
}

func writePlan(made *plan.Plan, output string, out io.Writer) error {
	switch output {
	case "json":
		encoder := json.NewEncoder(out)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		return encoder.Encode(made)
	case "mermaid":
		_, err := io.WriteString(out, made.Mermaid())
		return err
	}
	_, err := io.WriteString(out, made.Text())
	return err
}
