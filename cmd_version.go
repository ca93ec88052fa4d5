package main

import (
	"cmp"
	"context"
	"fmt"
	"runtime/debug"
)

// version is the release, set by the linker: -ldflags "-X main.version=...".
var version string

// printVersion prints what was built, from what.
func printVersion(_ context.Context, _ []string, to streams) int {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		fmt.Fprintln(to.out, "kompositor, built without build information")
		return exitOK
	}
	revision, modified := "", ""
	for _, setting := range info.Settings {
		switch {
		case setting.Key == "vcs.revision":
			revision = " " + setting.Value
		case setting.Key == "vcs.modified" && setting.Value == "true":
			modified = " modified"
		}
	}
	fmt.Fprintf(to.out, "kompositor %s%s%s %s\n", cmp.Or(version, info.Main.Version), revision, modified, info.GoVersion)
	return exitOK
}
