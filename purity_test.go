package main_test

import (
	"go/ast"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// deniedImports are what api and sync may not import directly, and why. Only direct imports count: apimachinery's own
// types pull in net/http, os and math/rand. An entry ending in / denies everything below it too. An exception says why
// the use is pure all the same, beside the import: //nolint:depguard // <reason>.
func deniedImports() map[string]string {
	const (
		acts  = "the pure room acts on nothing: say what is to be done in a Command, or ask a Question"
		waits = "the pure room waits for nothing: it has nothing to cancel and nothing to share between goroutines"
		logs  = "the pure room logs nothing: say it in a Reason, the status or a Release"
		rolls = "the pure room has no chance: the same request gives the same bytes; what is random is made by pki"
	)
	return map[string]string{
		"context": waits, "sync": waits, "sync/atomic": waits, "runtime": waits,
		"io": acts, "io/fs": acts, "io/ioutil": acts, "bufio": acts, "net": acts, "net/http/": acts, "net/rpc/": acts,
		"net/smtp": acts, "os/": acts, "syscall": acts, "plugin": acts, "flag": acts, "unsafe": acts,
		"log/": logs, "github.com/rs/zerolog/": logs, "k8s.io/klog/": logs, "github.com/go-logr/": logs,
		"math/rand/": rolls, "crypto/rand": rolls, "github.com/google/uuid": rolls, "hash/maphash": rolls,
		"k8s.io/apimachinery/pkg/util/uuid": rolls, "k8s.io/apimachinery/pkg/util/rand": rolls,
		"github.com/prometheus/": acts, "github.com/confluentinc/": acts,
		"github.com/twmb/": acts, "github.com/go-chi/": acts,
	}
}

// deniedCalls are functions of packages that are otherwise welcome.
func deniedCalls() map[string][]string {
	return map[string][]string{
		"time": {
			"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker", "LoadLocation",
		},
		"fmt":                                  {"Print", "Printf", "Println", "Scan", "Scanf", "Scanln"},
		"k8s.io/apimachinery/pkg/apis/meta/v1": {"Now", "NowMicro"},
		// It takes the time of a transition from the clock.
		"k8s.io/apimachinery/pkg/api/meta": {"SetStatusCondition"},
	}
}

// api and sync decide, and the same input must give the same bytes: no I/O, clock, chance, goroutine, logger or state.
func TestPureRooms(t *testing.T) {
	seen := 0
	for _, f := range sources(t) {
		if f.test || !pure(f.dir) {
			continue
		}
		seen++
		imports := importNames(f)
		checkImports(t, f)
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			checkNode(t, f, imports, n)
			return true
		})
		for _, decl := range f.syntax.Decls {
			checkDecl(t, f, decl)
		}
	}
	if seen == 0 {
		t.Error("no source file of api or sync was found: run this test at the root of the project")
	}
}

func checkImports(t *testing.T, f source) {
	t.Helper()
	for _, spec := range f.syntax.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		for denied, why := range deniedImports() {
			below := strings.HasSuffix(denied, "/") && strings.HasPrefix(imported+"/", denied)
			if (imported == denied || below) && !marked("depguard", spec.Doc, spec.Comment) {
				t.Errorf("%s imports %s: %s", f.at(spec), imported, why)
			}
		}
	}
}

func checkNode(t *testing.T, f source, imports map[string]string, n ast.Node) {
	t.Helper()
	switch n := n.(type) {
	case *ast.GoStmt:
		t.Errorf("%s starts a goroutine: the pure room is one straight line", f.at(n))
	case *ast.ChanType, *ast.SelectStmt, *ast.SendStmt:
		t.Errorf("%s uses a channel: the pure room is one straight line", f.at(n))
	case *ast.SelectorExpr:
		name, ok := n.X.(*ast.Ident)
		if ok && slices.Contains(deniedCalls()[imports[name.Name]], n.Sel.Name) {
			t.Errorf("%s uses %s.%s: time is Facts.Now, and what is to be said is in the Decision",
				f.at(n), name.Name, n.Sel.Name)
		}
	}
}

func checkDecl(t *testing.T, f source, decl ast.Decl) {
	t.Helper()
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil && d.Name.Name == "init" {
			t.Errorf("%s is an init function: nothing happens in the pure room before it is asked", f.at(d))
		}
	case *ast.GenDecl:
		if d.Tok != token.VAR || f.generated {
			return
		}
		for _, s := range d.Specs {
			spec, ok := s.(*ast.ValueSpec)
			if ok && !mayBeGlobal(d, spec) {
				t.Errorf("%s: var %s is package-level state; make it a constant, a switch or a function, or say why it "+
					"never changes: //nolint:gochecknoglobals // <reason>", f.at(spec), spec.Names[0].Name)
			}
		}
	}
}

// mayBeGlobal allows the same as the linter gochecknoglobals: embedded files, sentinel errors, compiled expressions,
// interface checks, and what is marked with a reason.
func mayBeGlobal(d *ast.GenDecl, spec *ast.ValueSpec) bool {
	if embedded(d.Doc) || embedded(spec.Doc) || marked("gochecknoglobals", d.Doc, spec.Doc, spec.Comment) {
		return true
	}
	name := spec.Names[0].Name
	if name == "_" {
		return true
	}
	if len(spec.Values) != 1 {
		return false
	}
	call, ok := spec.Values[0].(*ast.CallExpr)
	if !ok {
		return false
	}
	made, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	if strings.HasPrefix(name, "err") || strings.HasPrefix(name, "Err") {
		return made.Sel.Name == "New" || made.Sel.Name == "Errorf"
	}
	return made.Sel.Name == "MustCompile"
}

func embedded(doc *ast.CommentGroup) bool {
	return doc != nil && slices.ContainsFunc(doc.List, func(c *ast.Comment) bool {
		return strings.HasPrefix(c.Text, "//go:embed ")
	})
}

// marked says that an exception stands beside the code, with its reason.
func marked(linter string, groups ...*ast.CommentGroup) bool {
	for _, group := range groups {
		if group == nil {
			continue
		}
		for _, c := range group.List {
			_, reason, ok := strings.Cut(c.Text, "//nolint:"+linter+" // ")
			if ok && strings.TrimSpace(reason) != "" {
				return true
			}
		}
	}
	return false
}

// importNames maps the names that a file uses to import paths.
func importNames(f source) map[string]string {
	names := map[string]string{}
	for _, spec := range f.syntax.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		name := path.Base(imported)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		names[name] = imported
	}
	return names
}
