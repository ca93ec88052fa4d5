package main_test

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// module is the path that every package of this project starts with.
const module = "github.com/kompositor/kompositor"

// A room is a package and everything below it, with the rooms that it may import. Imports within a room are free unless
// a more exact room is listed. docs/map.md draws the same arrows.
type room struct {
	path string
	may  []string
	why  string
}

// rooms is the whole house. A package in none of them fails the test: a new room is a decision, with a line here and in
// docs/map.md.
func rooms() []room {
	return []room{
		{"", []string{"api", "sync", "server", "simulator", "kafka", "cruisecontrol", "pki", "manifests", "cases"},
			"main wires the rooms together; nothing may import it"},
		{"api", nil,
			"the user's nouns are a leaf: anyone may use the types without taking the service along"},
		{"manifests", nil,
			"the shipped YAML is a leaf: it is embedded, never computed"},
		{"cases", []string{"api", "sync"},
			"a case folder is a request, facts and a decision: it knows sync's nouns and nothing that acts"},
		{"sync", []string{"api"},
			"the nouns of a decision know no kind of parent, and what decides knows none of the rooms that act"},
		{"sync/cluster", []string{"api", "sync", "sync/children", "sync/properties"},
			"a kind of parent decides alone: it may draw, it may not ask another kind"},
		{"sync/topic", []string{"api", "sync", "sync/children", "sync/properties"},
			"a kind of parent decides alone: it may draw, it may not ask another kind"},
		{"sync/user", []string{"api", "sync", "sync/children", "sync/properties"},
			"a kind of parent decides alone: it may draw, it may not ask another kind"},
		{"sync/operation", []string{"api", "sync", "sync/children", "sync/properties"},
			"a kind of parent decides alone: it may draw, it may not ask another kind"},
		{"sync/children", []string{"api", "sync/properties"},
			"children draws and never decides, so it may not see what decides: requests, facts, decisions"},
		{"sync/properties", nil,
			"text in, text out: a leaf"},
		{"server", []string{"api", "sync", "sync/cluster", "sync/topic", "sync/user", "sync/operation", "cases"},
			"server walks the line; it meets the adapters only through interfaces that it declares"},
		{"kafka", []string{"api", "sync"},
			"an adapter answers sync's Questions and performs its Commands; it knows no other adapter and no decision"},
		{"cruisecontrol", []string{"api", "sync"},
			"an adapter answers sync's Questions and performs its Commands; it knows no other adapter and no decision"},
		{"pki", []string{"api", "sync"},
			"an adapter answers sync's Questions and performs its Commands; it knows no other adapter and no decision"},
		{"simulator", []string{"api", "sync", "manifests", "cases"},
			"the simulated world sees the service only through its hook, as Metacontroller does"},
	}
}

// foreign says which rooms may import a library that acts on the world. What is not listed here is free.
func foreign() []room {
	return []room{
		{"github.com/confluentinc/", []string{"kafka"},
			"librdkafka is C and sockets: one adapter holds it, everything else builds without cgo"},
		{"github.com/go-chi/", []string{"server"}, "HTTP routing belongs to the HTTP room"},
		{"github.com/rs/zerolog", []string{"", "server", "kafka", "cruisecontrol", "pki"},
			"only rooms that act have something to log"},
		{"github.com/prometheus/", []string{"", "server", "kafka", "cruisecontrol", "pki"},
			"only rooms that act have something to count"},
		{"k8s.io/client-go", nil, "Metacontroller reads and writes the cluster; Kompositor never does"},
		{"sigs.k8s.io/controller-runtime", nil, "Metacontroller reads and writes the cluster; Kompositor never does"},
	}
}

func TestArrows(t *testing.T) {
	house := rooms()
	for _, p := range packages(t) {
		from, ok := roomOf(house, p.ImportPath)
		if !ok {
			t.Errorf("%s is in no room: give it a line in rooms() and in docs/map.md, or move it", p.ImportPath)
			continue
		}
		for _, path := range p.Imports {
			checkArrow(t, house, from, p.ImportPath, path)
		}
	}
}

func checkArrow(t *testing.T, house []room, from room, importer, imported string) {
	t.Helper()
	if !strings.HasPrefix(imported, module) {
		for _, library := range foreign() {
			if strings.HasPrefix(imported, library.path) && !slices.Contains(library.may, from.path) {
				t.Errorf("%s imports %s: %s", importer, imported, library.why)
			}
		}
		return
	}
	to, ok := roomOf(house, imported)
	if ok && to.path != from.path && !slices.Contains(from.may, to.path) {
		t.Errorf("%s imports %s: %s", importer, imported, from.why)
	}
}

// What the pure rooms and the simulator are built of must build without cgo, so not even a library of theirs may bring
// the Kafka client in.
func TestNoKafkaClientLeaksIn(t *testing.T) {
	for _, p := range packages(t) {
		r, _ := roomOf(rooms(), p.ImportPath)
		if !pure(r.path) && r.path != "simulator" && r.path != "cases" {
			continue
		}
		for _, dep := range p.Deps {
			if strings.HasPrefix(dep, "github.com/confluentinc/") {
				t.Errorf("%s depends on %s", p.ImportPath, dep)
			}
		}
	}
}

// pure says whether a room is bound by purity: no I/O, clock, chance, goroutine, logger or state.
func pure(room string) bool {
	top, _, _ := strings.Cut(room, "/")
	return top == "api" || top == "sync"
}

// roomOf finds the most exact room of a package.
func roomOf(house []room, importPath string) (room, bool) {
	path := strings.TrimPrefix(strings.TrimPrefix(importPath, module), "/")
	found, ok := room{}, false
	for _, r := range house {
		inside := path == r.path || r.path != "" && strings.HasPrefix(path, r.path+"/")
		if inside && (!ok || len(r.path) > len(found.path)) {
			found, ok = r, true
		}
	}
	return found, ok
}

// listed is what go list says of a package, test files aside.
type listed struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

func packages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,Deps", "./...").Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("go list: %v\n%s", err, exit.Stderr)
		}
		t.Fatal(err)
	}
	byPath := map[string]listed{}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		byPath[p.ImportPath] = p
	}
	if len(byPath) < 2 {
		t.Fatalf("go list found %d packages: run this test at the root of the project", len(byPath))
	}
	found := make([]listed, 0, len(byPath))
	for _, path := range slices.Sorted(maps.Keys(byPath)) {
		found = append(found, byPath[path])
	}
	return found
}
