package judge

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/kompositor/kompositor/cases"
	"github.com/kompositor/kompositor/sync"
)

// Seeds gives a fuzzer the requests and facts of all cases.
func Seeds(f *testing.F) {
	f.Helper()
	for _, dir := range folders(f) {
		c, facts := load(f, dir)
		f.Add([]byte(c.Request), facts)
	}
}

func load(t testing.TB, dir string) (*cases.Case, []byte) {
	t.Helper()
	c, err := cases.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	facts, err := json.Marshal(c.Facts)
	if err != nil {
		t.Fatal(err)
	}
	return c, facts
}

// Walk goes the pure line over any request: it never panics, what it answers can be encoded, and Guard finds nothing to
// refuse. What is no request at all ends where server would answer 400.
func (try *Trial) Walk(t *testing.T, body, facts []byte) {
	t.Helper()
	var request sync.Request
	var known sync.Facts
	if json.Unmarshal(body, &request) != nil || json.Unmarshal(facts, &known) != nil {
		return
	}
	_, _ = try.Hook.Customize(sync.CustomizeRequest{Parent: request.Parent}) // it may refuse, and must not panic
	observed, err := try.Hook.Observe(request)
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

// Bent bends every case in places that are chosen by a fixed seed: a value is taken out, or another one put in its
// place. A fuzzer of bytes seldom gets past the JSON; this gets everywhere behind it.
func (try *Trial) Bent(t *testing.T, bends int) {
	t.Helper()
	for seed, dir := range folders(t) {
		c, facts := load(t, dir)
		chance := rand.New(rand.NewPCG(uint64(seed), uint64(bends)))
		for range bends {
			tree := treeOf(t, c)
			for range 1 + chance.IntN(3) {
				bend(chance, tree)
			}
			try.walkTree(t, tree, facts)
		}
	}
}

// Relabelled edits a label of every observed child in turn, which anybody may, and by which objects are found. Which
// label, and how, is chosen by a fixed seed.
func (try *Trial) Relabelled(t *testing.T) {
	t.Helper()
	values := []string{"", "bent", "-1", "0", "1", "2", "12", "70000"}
	for seed, dir := range folders(t) {
		c, facts := load(t, dir)
		chance := rand.New(rand.NewPCG(uint64(seed), 0))
		tree := treeOf(t, c)
		for _, labels := range labelsIn(tree) {
			names := slices.Sorted(maps.Keys(labels))
			name := names[chance.IntN(len(names))]
			was := labels[name]
			if value := chance.IntN(len(values) + 1); value < len(values) {
				labels[name] = values[value]
			} else {
				delete(labels, name)
			}
			try.walkTree(t, tree, facts)
			labels[name] = was
		}
	}
}

// labelsIn are the labels of all observed children, in a fixed order.
func labelsIn(tree any) (all []map[string]any) {
	inside := func(node any, name string) any {
		object, _ := node.(map[string]any)
		return object[name]
	}
	children, _ := inside(tree, "children").(map[string]any)
	for _, kind := range slices.Sorted(maps.Keys(children)) {
		objects, _ := children[kind].(map[string]any)
		for _, key := range slices.Sorted(maps.Keys(objects)) {
			if labels, has := inside(inside(objects[key], "metadata"), "labels").(map[string]any); has && len(labels) > 0 {
				all = append(all, labels)
			}
		}
	}
	return all
}

func treeOf(t *testing.T, c *cases.Case) any {
	t.Helper()
	var tree any
	if err := json.Unmarshal(c.Request, &tree); err != nil {
		t.Fatal(err)
	}
	return tree
}

func (try *Trial) walkTree(t *testing.T, tree any, facts []byte) {
	t.Helper()
	body, err := json.Marshal(tree, json.Deterministic(true))
	if err != nil {
		t.Fatal(err)
	}
	try.Walk(t, body, facts)
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
