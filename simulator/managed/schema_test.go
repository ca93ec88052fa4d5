package managed

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/structured-merge-diff/v6/schema"
)

// The lists with keys and the objects that are replaced whole are those of testdata/kubernetes.txt, and e2e says that
// these are those of Kubernetes' own schema.
func TestSchemaIsThatOfKubernetes(t *testing.T) {
	const file = "testdata/kubernetes.txt"
	s := NewSchema()
	var lines []string
	for kind := range kinds() {
		if !strings.Contains(kind, "kafka.banzaicloud.io") {
			p := printer{&s.types.schema, &lines}
			p.print(kind, ref(kind))
		}
	}
	slices.Sort(lines)
	got := strings.Join(lines, "\n") + "\n"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

var update = flag.Bool("update", false, "rewrite testdata")

// printer writes a line for every list with keys and every object that is replaced whole.
type printer struct {
	schema *schema.Schema
	lines  *[]string
}

func (p *printer) print(path string, of schema.TypeRef) {
	atom, ok := p.schema.Resolve(of)
	switch {
	case !ok || atom.Scalar != nil && (of.NamedType == nil || *of.NamedType != "whole"):
	case atom.List != nil && atom.Scalar == nil && atom.List.ElementRelationship == schema.Associative:
		*p.lines = append(*p.lines, fmt.Sprintf("%s by %v", path, atom.List.Keys))
		p.print(path+"[]", atom.List.ElementType)
	case atom.Map != nil && atom.Map.ElementRelationship == schema.Atomic:
		*p.lines = append(*p.lines, path+" whole")
	case atom.Map != nil:
		for _, field := range atom.Map.Fields {
			p.print(path+"."+field.Name, field.Type)
		}
		if atom.Map.ElementType != (schema.TypeRef{}) {
			p.print(path+"{}", atom.Map.ElementType)
		}
	}
}
