// Kompositor runs Apache Kafka on Kubernetes as the hook of a Metacontroller. This package turns flags into a Config,
// wires the rooms together and runs one subcommand; it decides nothing.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(run(ctx, os.Args[1:], streams{os.Stdout, os.Stderr}))
}

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// streams are where a subcommand writes: results to out, everything else to err.
type streams struct{ out, err io.Writer }

// command is one subcommand, in its own file cmd_<name>.go.
type command struct {
	name    string
	summary string
	run     func(ctx context.Context, args []string, to streams) int
}

func commands() []command {
	return []command{
		{"serve", "answer Metacontroller's hooks", serve},
		{"simulate", "bring a KafkaCluster to Ready in a simulated world", simulate},
		{"plan", "print what would happen to a live cluster", planChange},
		{"render", "print the objects that a KafkaCluster leads to", render},
		{"replay", "run recorded calls again and compare the answers", replay},
		{"certificates", "keep the certificate of the hook", certificates},
		{"version", "print the version", printVersion},
	}
}

// run finds the subcommand and returns the exit code.
func run(ctx context.Context, args []string, to streams) int {
	if len(args) == 0 {
		usage(to.err)
		return exitUsage
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return c.run(ctx, args[1:], to)
		}
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		usage(to.out)
		return exitOK
	default:
		fmt.Fprintf(to.err, "kompositor: there is no subcommand %q\n\n", args[0])
		usage(to.err)
		return exitUsage
	}
}

func usage(w io.Writer) {
	fmt.Fprint(w, "usage: kompositor SUBCOMMAND [flags]\n\n")
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-12s  %s\n", c.name, c.summary)
	}
	fmt.Fprint(w, "\nkompositor SUBCOMMAND -h lists the flags of a subcommand.\n")
}

// parse reads a subcommand's flags. Its second result says whether to go on; if not, the first is the exit code.
func parse(flags *flag.FlagSet, args []string, to streams) (code int, goOn bool) {
	flags.SetOutput(to.err)
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return exitOK, false
	case err != nil:
		return exitUsage, false
	}
	return exitOK, true
}

// fail prints an error and returns the exit code.
func fail(to streams, err error, code int) int {
	fmt.Fprintf(to.err, "kompositor: %v\n", err)
	return code
}
