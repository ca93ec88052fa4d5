package main

import (
	"context"
	"fmt"
	"runtime/debug"
)

// release is set by the linker (see Makefile and Dockerfile); a plain go build leaves it empty.
var release string //nolint:gochecknoglobals // the linker can set nothing but a variable

// version prints what was built, from what.
func version(_ context.Context, _ []string, to streams) int {
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
	name := release
	if name == "" {
		name = info.Main.Version
	}
	fmt.Fprintf(to.out, "kompositor %s%s%s %s\n", name, revision, modified, info.GoVersion)
	return exitOK
}
