package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"github.com/kompositor/kompositor/server"
)

// replay runs recorded calls again: 0 all answers are identical, 1 some differ, 2 some could not be run.
func replay(_ context.Context, args []string, to streams) int {
	flags := flag.NewFlagSet("replay", flag.ContinueOnError)
	flags.Usage = func() {
		fmt.Fprint(to.err, "usage: kompositor replay FOLDER...\n\n"+
			"Runs every case below the folders again, with its recorded facts, and compares the answers byte for byte.\n"+
			"Exit code: 0 all identical, 1 some different, 2 a case could not be run.\n")
	}
	if code, goOn := parse(flags, args, to); !goOn {
		return code
	}
	if flags.NArg() == 0 {
		flags.Usage()
		return fail(to, errors.New("replay needs a folder"), exitUsage)
	}
	different, err := server.Replay(hooks(), flags.Args(), to.out)
	switch {
	case err != nil:
		return fail(to, err, exitUsage)
	case different > 0:
		return exitFailed
	default:
		return exitOK
	}
}
