package main_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// The limits keep every piece small enough to be read at once. Raising one needs an ADR. golangci-lint checks the
// complexity of functions too; these hold without it. A test may be longer: its table is data, its story is one.
const (
	maxFunctionLines = 60
	maxFileLines     = 400
	maxPackageLines  = 3000 // of its tests nothing

	maxTestFunctionLines = 100
	maxTestFileLines     = 600

	maxLineWidth  = 120 // characters, a tab counting as one
	maxParameters = 4   // a leading context.Context aside: it says how long, not what
)

func TestLimits(t *testing.T) {
	lines := map[string]int{}
	for _, f := range sources(t) {
		if f.generated {
			continue
		}
		text := strings.Split(strings.TrimSuffix(f.text, "\n"), "\n")
		if !f.test {
			lines[f.dir] += len(text)
		}
		if limit := f.limit(maxFileLines, maxTestFileLines); len(text) > limit {
			t.Errorf("%s has %d lines, more than %d: split it by what its parts answer", f.path, len(text), limit)
		}
		for i, line := range text {
			if n := utf8.RuneCountInString(line); n > maxLineWidth && !directive(line) {
				t.Errorf("%s:%d has %d characters, more than %d", f.path, i+1, n, maxLineWidth)
			}
		}
		for _, decl := range f.syntax.Decls {
			if function, ok := decl.(*ast.FuncDecl); ok {
				checkFunction(t, f, function)
			}
		}
	}
	for dir, n := range lines {
		if n > maxPackageLines {
			t.Errorf("package %s has %d lines, more than %d: it is two packages", dir, n, maxPackageLines)
		}
	}
}

// directive says that a line is read by a tool, which cannot read two: a directive, a marker or a field with its tag.
func directive(line string) bool {
	line = strings.TrimSpace(line)
	return strings.HasSuffix(line, "`") && strings.Contains(line, "`json:") ||
		strings.HasPrefix(line, "//go:") || strings.HasPrefix(line, "// +") || strings.HasPrefix(line, "//+")
}

func checkFunction(t *testing.T, f source, function *ast.FuncDecl) {
	t.Helper()
	start, end := f.files.Position(function.Pos()).Line, f.files.Position(function.End()).Line
	if body, limit := end-start-1, f.limit(maxFunctionLines, maxTestFunctionLines); body > limit {
		t.Errorf("%s: %s has %d lines, more than %d: give its parts names", f.at(function), function.Name.Name, body, limit)
	}
	n := function.Type.Params.NumFields()
	if n > 0 && types.ExprString(function.Type.Params.List[0].Type) == "context.Context" {
		n--
	}
	if n > maxParameters && !f.test {
		t.Errorf("%s: %s has %d parameters, more than %d: they want to be a type", f.at(function), function.Name.Name, n,
			maxParameters)
	}
}

// Every package says what it is, what it is not, and what it may import.
func TestEveryPackageHasADoc(t *testing.T) {
	documented := map[string]bool{}
	for _, f := range sources(t) {
		if f.dir == "" && f.test {
			continue // these tests stand at the root before main does
		}
		documented[f.dir] = documented[f.dir] || docNames[filepath.Base(f.path)] && f.syntax.Doc != nil
	}
	for dir, ok := range documented {
		if !ok {
			t.Errorf("package %q has no doc.go with a package comment: what it is, what it is not, what it may import", dir)
		}
	}
}

// docNames are where a package comment is looked for; a program's may stand above its main function.
var docNames = map[string]bool{"doc.go": true, "main.go": true}

// A source is one Go file of the project, of the e2e module too.
type source struct {
	path, dir string // from the root of the project; dir is "" for the root itself
	text      string
	syntax    *ast.File
	files     *token.FileSet
	test      bool
	generated bool
}

func (f source) limit(code, test int) int {
	if f.test {
		return test
	}
	return code
}

func (f source) at(n ast.Node) string { return f.files.Position(n.Pos()).String() }

func sources(t *testing.T) []source {
	t.Helper()
	var found []source
	files := token.NewFileSet()
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() {
			if path != "." && (strings.HasPrefix(name, ".") || name == "testdata" || name == "bin") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		syntax, err := parser.ParseFile(files, path, text, parser.ParseComments)
		if err != nil {
			return err
		}
		dir := filepath.ToSlash(filepath.Dir(path))
		found = append(found, source{
			path: path, dir: strings.TrimPrefix(dir, "."), text: string(text), syntax: syntax, files: files,
			test: strings.HasSuffix(name, "_test.go"), generated: ast.IsGenerated(syntax),
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
