package cluster_test

import (
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/kompositor/kompositor/cases"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/cluster"
)

// FuzzObserve walks the pure line over any request: it never panics, what it answers can be encoded, and Guard finds
// nothing to refuse. The corpus are the cases and, when they are there, requests recorded from a real Metacontroller.
func FuzzObserve(f *testing.F) {
	dirs, err := cases.Walk(filepath.Join("testdata", "cases"))
	if err != nil {
		f.Fatal(err)
	}
	for _, dir := range dirs {
		c, err := cases.Load(dir)
		if err != nil {
			f.Fatal(err)
		}
		facts, err := json.Marshal(c.Facts)
		if err != nil {
			f.Fatal(err)
		}
		f.Add([]byte(c.Request), facts)
	}
	for _, body := range recorded(f) {
		f.Add(body, []byte(`{"now":"2026-01-01T00:00:00Z"}`))
	}
	f.Fuzz(func(t *testing.T, body, facts []byte) {
		walk(t, body, facts)
	})
}

// walk goes the pure line; what is no request at all ends where server would answer 400.
func walk(t *testing.T, body, facts []byte) {
	t.Helper()
	var request sync.Request
	var known sync.Facts
	if json.Unmarshal(body, &request) != nil || json.Unmarshal(facts, &known) != nil {
		return
	}
	observed, err := cluster.Hook{}.Observe(request)
	if err != nil {
		return
	}
	observed.Ask()
	response := observed.Plan(known).Respond(nil)
	if err := sync.Guard(&request, response.Decision()); err != nil {
		t.Fatalf("%v\n%s", err, body)
	}
	if _, err := json.Marshal(response, sync.Encoding()); err != nil {
		t.Fatalf("%v\n%s", err, body)
	}
}

// TestBentRequests bends every case in places that are chosen by a fixed seed: a value is taken out, or another one put
// in its place. A fuzzer of bytes seldom gets past the JSON; this gets everywhere behind it.
func TestBentRequests(t *testing.T) {
	const bends = 40
	dirs, err := cases.Walk(filepath.Join("testdata", "cases"))
	if err != nil {
		t.Fatal(err)
	}
	for seed, dir := range dirs {
		c, err := cases.Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		facts, err := json.Marshal(c.Facts)
		if err != nil {
			t.Fatal(err)
		}
		chance := rand.New(rand.NewPCG(uint64(seed), bends))
		for range bends {
			var tree any
			if err := json.Unmarshal(c.Request, &tree); err != nil {
				t.Fatal(err)
			}
			for range 1 + chance.IntN(3) {
				bend(chance, tree)
			}
			body, err := json.Marshal(tree, json.Deterministic(true))
			if err != nil {
				t.Fatal(err)
			}
			walk(t, body, facts)
		}
	}
}

// bend walks down a random way and changes what it finds there.
func bend(chance *rand.Rand, node any) {
	others := []any{nil, "", "bent", 0, -1, 70000, true, []any{}, map[string]any{}, []any{nil}, map[string]any{"x": "y"}}
	switch node := node.(type) {
	case map[string]any:
		keys := slices.Sorted(maps.Keys(node))
		if len(keys) == 0 {
			return
		}
		key := keys[chance.IntN(len(keys))]
		switch chance.IntN(8) {
		case 0:
			delete(node, key)
		case 1:
			node[key] = others[chance.IntN(len(others))]
		default:
			bend(chance, node[key])
		}
	case []any:
		if len(node) == 0 {
			return
		}
		i := chance.IntN(len(node))
		if chance.IntN(4) == 0 {
			node[i] = others[chance.IntN(len(others))]
			return
		}
		bend(chance, node[i])
	}
}

// recorded are the bodies of the recorded requests; none where the folder is not there.
func recorded(f *testing.F) [][]byte {
	files, err := filepath.Glob("../../../shared/wire/*/*.json")
	if err != nil {
		f.Fatal(err)
	}
	var bodies [][]byte
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		var call struct {
			Body map[string]any `json:"body"`
		}
		if err := json.Unmarshal(text, &call); err != nil {
			f.Fatal(err)
		}
		body, err := json.Marshal(call.Body)
		if err != nil {
			f.Fatal(err)
		}
		bodies = append(bodies, body)
	}
	return bodies
}
