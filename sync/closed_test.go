package sync_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kompositor/kompositor/sync"
)

// Reasons and Commands are complete: they list what the sources declare.
func TestReasonsAndCommandsAreComplete(t *testing.T) {
	var reasons []sync.Reason
	var commands []string
	for _, name := range []string{"condition.go", "command.go", "kafkacommands.go", "cruisecontrolcommands.go"} {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				if kind, ok := n.Type.(*ast.Ident); ok && kind.Name == "Reason" {
					text, err := strconv.Unquote(n.Values[0].(*ast.BasicLit).Value)
					if err != nil {
						t.Fatal(err)
					}
					reasons = append(reasons, sync.Reason(text))
				}
			case *ast.FuncDecl: // every command says what it does
				if n.Name.Name == "String" && n.Recv != nil {
					commands = append(commands, strings.TrimPrefix(receiver(n), "*"))
				}
			}
			return true
		})
	}
	if diff := cmp.Diff(reasons, sync.Reasons()); diff != "" {
		t.Errorf("Reasons differ from the constants: %s", diff)
	}
	var listed []string
	for _, command := range sync.Commands() {
		listed = append(listed, reflect.TypeOf(command).Name())
	}
	commands = slices.DeleteFunc(commands, func(name string) bool { return name == "TopicPartition" || name == "ACL" })
	slices.Sort(commands)
	slices.Sort(listed)
	if diff := cmp.Diff(commands, listed); diff != "" {
		t.Errorf("Commands differ from the types: %s", diff)
	}
}

func receiver(f *ast.FuncDecl) string {
	if name, ok := f.Recv.List[0].Type.(*ast.Ident); ok {
		return name.Name
	}
	return ""
}
