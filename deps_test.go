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
var rooms = []room{
	{path: "", why: "main wires the rooms together; nothing may import it", may: []string{
		"api", "sync", "sync/cluster", "sync/topic", "sync/user", "sync/operation", "server", "simulator", "kafka",
		"cruisecontrol", "kubernetes", "pki", "manifests", "cases", "plan",
	}},
	{path: "api", why: "the user's nouns are a leaf: anyone may use the types without taking the service along"},
	{path: "manifests", why: "the shipped YAML is a leaf: it is embedded, never computed"},
	{
		path: "cases", may: []string{"api", "sync"},
		why: "a case folder is a request, facts and a decision: it knows sync's nouns and nothing that acts",
	},
	{
		path: "sync", may: []string{"api"},
		why: "the nouns of a decision know no kind of parent, and what decides knows none of the rooms that act",
	},
	{path: "sync/cluster", may: decider, why: decides},
	{path: "sync/topic", may: decider, why: decides},
	{path: "sync/user", may: decider, why: decides},
	{path: "sync/operation", may: decider, why: decides},
	{
		path: "sync/children", may: []string{"api", "sync", "sync/properties"},
		why: "children draws and never decides: it may not see the packages that decide",
	},
	{path: "sync/properties", why: "text in, text out: a leaf"},
	{path: "sync/asked", may: []string{"api", "sync/children", "sync/fingerprint"}, why: leaf},
	{path: "sync/availability", may: []string{"sync"}, why: leaf},
	{path: "sync/belongs", may: []string{"sync", "sync/children"}, why: leaf},
	{path: "sync/certificates", may: []string{"api", "sync", "sync/children", "sync/parent"}, why: leaf},
	{path: "sync/claims", may: []string{"api", "sync", "sync/children"}, why: leaf},
	{
		path: "sync/cruisecontrol", may: []string{"api", "sync", "sync/children", "sync/parent", "sync/properties"},
		why: leaf,
	},
	{
		path: "sync/disks", may: []string{"api", "sync", "sync/children", "sync/claims", "sync/graceful", "sync/parent"},
		why: leaf,
	},
	{path: "sync/drawing", may: []string{"api", "sync", "sync/children", "sync/fingerprint"}, why: leaf},
	{path: "sync/externaladdress", may: []string{"api", "sync", "sync/children", "sync/parent"}, why: leaf},
	{path: "sync/fingerprint", may: []string{"sync"}, why: leaf},
	{path: "sync/gate", may: []string{"sync", "sync/disks", "sync/upgrade", "sync/voters"}, why: leaf},
	{path: "sync/graceful", may: []string{"api", "sync", "sync/children"}, why: leaf},
	{path: "sync/related", may: []string{"api", "sync", "sync/children"}, why: leaf},
	{path: "sync/restartrequest", may: []string{"sync"}, why: leaf},
	{path: "sync/scaling", may: []string{"api", "sync", "sync/graceful", "sync/parent"}, why: leaf},
	{path: "sync/takeover", may: []string{"api", "sync"}, why: leaf},
	{path: "sync/placing", may: []string{"sync", "sync/podphase"}, why: leaf},
	{path: "sync/teardown", may: []string{"sync"}, why: leaf},
	{path: "sync/upgrade", may: []string{"api", "sync"}, why: leaf},
	{path: "sync/voters", may: []string{"sync"}, why: leaf},
	{path: "sync/claimtemplate", may: []string{"api", "sync"}, why: leaf},
	{path: "sync/dynamicconfig", may: []string{"api", "sync", "sync/properties"}, why: leaf},
	{path: "sync/listenerstatus", may: []string{"api", "sync/children", "sync/externaladdress"}, why: leaf},
	{path: "sync/rack", may: []string{"sync"}, why: leaf},
	{path: "sync/podphase", may: []string{"sync"}, why: leaf},
	{path: "sync/roll", may: []string{"sync", "sync/availability"}, why: leaf},
	{path: "sync/mistakes", may: []string{"api", "sync/parent", "sync/properties"}, why: leaf},
	{path: "sync/parent", may: []string{"api", "sync"}, why: leaf},
	{
		path: "sync/connection", may: []string{"api", "sync", "sync/children", "sync/parent", "sync/properties"}, why: leaf,
	},
	{
		path: "server", may: []string{"sync", "cases"},
		why: "server walks the line and knows no kind of parent: main hands it the hooks and the adapters",
	},
	{path: "kafka", may: adapter, why: answers},
	{path: "cruisecontrol", may: adapter, why: answers},
	{path: "kubernetes", may: adapter, why: answers},
	{path: "pki", may: adapter, why: answers},
	{
		path: "simulator", may: []string{"api", "sync", "manifests", "cases"},
		why: "the simulated world sees the service only through its hook, as Metacontroller does",
	},
	{
		path: "plan", may: []string{"api", "sync", "simulator"},
		why: "a plan is what the hooks decide in a simulated world: it is handed them, and decides nothing itself",
	},
}

// foreign says which rooms may import a library that acts on the world. What is not listed here is free.
var foreign = []room{
	{
		path: "github.com/twmb/franz-go", may: []string{"kafka"},
		why: "the second, narrow Kafka client is the Kafka adapter's (docs/adr/0015)",
	},
	{
		path: "github.com/confluentinc/", may: []string{"kafka"},
		why: "librdkafka is C and sockets: one adapter holds it, everything else builds without cgo",
	},
	{
		path: "github.com/twmb/", may: []string{"kafka"},
		why: "what speaks Kafka's protocol stands in one adapter, everything else sees facts",
	},
	{path: "github.com/go-chi/", may: []string{"server"}, why: "HTTP routing belongs to the HTTP room"},
	{path: "github.com/rs/zerolog", may: acting, why: "only rooms that act have something to log"},
	{path: "github.com/prometheus/", may: acting, why: "only rooms that act have something to count"},
	{path: "k8s.io/client-go", why: clusters},
	{path: "sigs.k8s.io/controller-runtime", why: clusters},
}

var (
	decider = []string{
		"api", "sync", "sync/children", "sync/properties", "sync/asked", "sync/availability", "sync/belongs",
		"sync/connection", "sync/certificates", "sync/claims", "sync/claimtemplate", "sync/cruisecontrol", "sync/disks",
		"sync/drawing", "sync/dynamicconfig", "sync/externaladdress", "sync/fingerprint", "sync/gate", "sync/graceful",
		"sync/listenerstatus", "sync/mistakes", "sync/parent", "sync/placing", "sync/rack", "sync/podphase",
		"sync/related", "sync/restartrequest", "sync/roll", "sync/scaling", "sync/takeover", "sync/teardown",
		"sync/upgrade", "sync/voters",
	}
	adapter = []string{"api", "sync"}
	acting  = []string{"", "server", "kafka", "cruisecontrol", "kubernetes", "pki"}
)

const (
	leaf     = "one hard question, answered for every kind of parent that has it: it may not see who asks (docs/adr/0017)"
	decides  = "a kind of parent decides alone: it may draw, it may not ask another kind or a room that acts"
	clusters = "Metacontroller reads and writes the cluster; what an answer can not say is one narrow call of kubernetes"
	answers  = "an adapter answers sync's Questions and performs its Commands; it knows no other adapter and no decision"
)

func TestArrows(t *testing.T) {
	for _, p := range packages(t) {
		from, ok := roomOf(p.ImportPath)
		if !ok {
			t.Errorf("%s is in no room: give it a line in rooms and in docs/map.md, or move it", p.ImportPath)
			continue
		}
		for _, path := range p.Imports {
			checkArrow(t, from, p.ImportPath, path)
		}
	}
}

func checkArrow(t *testing.T, from room, importer, imported string) {
	t.Helper()
	if !strings.HasPrefix(imported, module) {
		for _, library := range foreign {
			if strings.HasPrefix(imported, library.path) && !slices.Contains(library.may, from.path) {
				t.Errorf("%s imports %s: %s", importer, imported, library.why)
			}
		}
		return
	}
	to, ok := roomOf(imported)
	if ok && to.path != from.path && !slices.Contains(from.may, to.path) {
		t.Errorf("%s imports %s: %s", importer, imported, from.why)
	}
}

// What the pure rooms and the simulator are built of must build without cgo and reach no broker, so not even a library
// of theirs may bring a Kafka client in.
func TestNoKafkaClientLeaksIn(t *testing.T) {
	for _, p := range packages(t) {
		r, _ := roomOf(p.ImportPath)
		if !pure(r.path) && r.path != "simulator" && r.path != "cases" {
			continue
		}
		for _, dep := range p.Deps {
			if strings.HasPrefix(dep, "github.com/confluentinc/") || strings.HasPrefix(dep, "github.com/twmb/") {
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
func roomOf(importPath string) (room, bool) {
	path := strings.TrimPrefix(strings.TrimPrefix(importPath, module), "/")
	found, ok := room{}, false
	for _, r := range rooms {
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
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
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
