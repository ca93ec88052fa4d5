//go:build mutations

package mutations

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/kompositor/kompositor/simulator"
	"github.com/kompositor/kompositor/simulator/seeds"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/cluster"
	"github.com/kompositor/kompositor/sync/operation"
	"github.com/kompositor/kompositor/sync/topic"
	"github.com/kompositor/kompositor/sync/user"
)

var (
	only  = flag.String("only", "", "prove those patches alone whose path contains this")
	count = flag.Int("seeds", 1000, "how many seeds may be tried before a mistake counts as unnoticed")
	law   = flag.String("law", "", "for TestHunt: the law that is to be broken")
)

// root is the module's, seen from here.
const root = "../.."

// openGate is the patch that opens the gate; holding is how many seeds, of those that are tried, must keep a law that
// the gate guards while it is closed: one of so many.
const openGate, holding = "open-gate.patch", 10

// TestMutations applies one patch after the other and hunts for the seed that notices. Its log is the table of
// docs/simulation.md.
func TestMutations(t *testing.T) {
	files, err := filepath.Glob("*/*.patch")
	if err != nil {
		t.Fatal(err)
	}
	proven := map[string]bool{}
	rows := []string{"| law | mistake | gate | seed | second | what was seen |", "| --- | --- | --- | ---: | ---: | --- |"}
	for _, file := range files {
		if !strings.Contains(file, *only) {
			continue
		}
		t.Run(strings.TrimSuffix(file, ".patch"), func(t *testing.T) {
			row, p := prove(t, file)
			t.Log("\n" + row)
			rows, proven[p.law] = append(rows, row), true
			proven[string(simulator.GateIdle)] = proven[string(simulator.GateIdle)] || p.gate == refuses
		})
	}
	t.Log("\n" + strings.Join(rows, "\n"))
	for _, name := range append(simulator.Laws(), seeds.Convergence) {
		if *only == "" && !proven[string(name)] {
			t.Errorf("no patch breaks the law %q: nobody knows whether it looks", name)
		}
	}
}

// prove is the proof of one patch, as a row of the table.
func prove(t *testing.T, file string) (string, patch) {
	t.Helper()
	p := read(t, file)
	applied, gate := []string{file}, p.gate
	if p.gate == refuses {
		refused := hunt(t, applied, simulator.GateIdle, *count)
		if refused == nil {
			t.Errorf("%s: the gate is said to refuse it, and %d seeds see nothing of that", file, *count)
		} else {
			gate = fmt.Sprintf("refuses it (seed %d, second %d)", refused.Seed, refused.Tick)
		}
		if broken := hunt(t, applied, simulator.Law(p.law), max(1, *count/holding)); broken != nil {
			t.Errorf("%s: the gate is closed, and seed %d breaks the law all the same: %s", file, broken.Seed, broken.Text)
		}
		applied = append(applied, openGate)
	}
	found := hunt(t, applied, simulator.Law(p.law), *count)
	if found == nil {
		t.Errorf("%s: %d seeds do not notice that %s", file, *count, p.breaks)
		found = &breach{Text: "**nothing**"}
	}
	return fmt.Sprintf("| %s | `%s`: %s | %s | %d | %d | %s |", p.law, strings.TrimSuffix(file, ".patch"), p.breaks, gate,
		found.Seed, found.Tick, brief(found.Text)), p
}

// brief is what stands in a cell of the table: the first line, and not all of a long one.
func brief(text string) string {
	const most = 120
	text, _, _ = strings.Cut(text, "\n")
	if len(text) > most {
		text = text[:most] + " ..."
	}
	return strings.ReplaceAll(text, "|", "\\|")
}

// patch is one mistake.
type patch struct{ breaks, law, gate string }

// refuses is what a patch says of a gate that stops its mistake.
const refuses = "refuses it"

func read(t *testing.T, file string) patch {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	parts := regexp.MustCompile(`\ABreaks: (.+)\nLaw: (.+)\nGate: (.+)\n`).FindStringSubmatch(string(text))
	if parts == nil {
		t.Fatalf("%s does not begin with the lines Breaks, Law and Gate", file)
	}
	return patch{parts[1], parts[2], parts[3]}
}

// breach is what a hunt has found.
type breach struct {
	Seed uint64
	Tick int
	Text string
}

// found begins the line in which a hunt says what it has found.
const found = "BREACH "

// hunt builds the service with the patches, lets seeds live with it, and returns the first breach of the law; nil when
// no seed breaks it. The module's own files stay as they are: the build takes the patched ones in their place.
func hunt(t *testing.T, patches []string, law simulator.Law, seeds int) *breach {
	t.Helper()
	overlay := filepath.Join(t.TempDir(), "overlay.json")
	write(t, overlay, patched(t, patches))
	command := exec.CommandContext(t.Context(), "go", "test", "-v", "-tags=mutations", "-count=1", "-vet=off",
		"-timeout=2h", "-overlay="+overlay, "-run=^TestHunt$", "./simulator/mutations",
		"-law="+string(law), fmt.Sprintf("-seeds=%d", seeds))
	command.Dir = root
	output, err := command.CombinedOutput()
	for line := range strings.Lines(string(output)) {
		if text, yes := strings.CutPrefix(line, found); yes {
			var b breach
			if err := json.Unmarshal([]byte(text), &b); err != nil {
				t.Fatal(err)
			}
			return &b
		}
	}
	if err != nil {
		t.Fatalf("%v: %v\n%s", patches, err, output)
	}
	return nil
}

// patched applies patches to copies of the files that they change, and returns where the copies are.
func patched(t *testing.T, patches []string) map[string]map[string]string {
	t.Helper()
	copies, replace := t.TempDir(), map[string]string{}
	for _, file := range patches {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, change := range regexp.MustCompile(`(?m)^\+\+\+ b/(\S+)$`).FindAllStringSubmatch(string(text), -1) {
			original, err := filepath.Abs(filepath.Join(root, change[1]))
			if err != nil {
				t.Fatal(err)
			}
			if replace[original] != "" {
				continue
			}
			source, err := os.ReadFile(original)
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			replace[original] = filepath.Join(copies, change[1])
			if err := os.MkdirAll(filepath.Dir(replace[original]), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(replace[original], source, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		whole, err := filepath.Abs(file)
		if err != nil {
			t.Fatal(err)
		}
		apply := exec.CommandContext(t.Context(), "patch", "-p1", "--batch", "--fuzz=0", "-d", copies, "-i", whole)
		if output, err := apply.CombinedOutput(); err != nil {
			t.Fatalf("%s no longer applies: %v\n%s", file, err, output)
		}
	}
	return map[string]map[string]string{"Replace": replace}
}

func write(t *testing.T, path string, value any) {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestHunt is one hunt, in the mutated service. TestMutations starts it, once for each patch.
func TestHunt(t *testing.T) {
	if *law == "" {
		t.Skip("TestMutations starts it, with a law to hunt for")
	}
	hooks := map[string]sync.Hook{
		"kafkacluster": cluster.Hook{}, "kafkatopic": topic.Hook{}, "kafkauser": user.Hook{},
		"cruisecontroloperation": operation.Hook{},
	}
	report := seeds.Many{Hooks: hooks, From: 1, Seeds: *count}.FirstBreach(t.Context(), *law)
	if report == nil {
		return
	}
	first := breach{Seed: report.Seed, Tick: report.Ticks}
	if report.Err != nil {
		first.Text = report.Err.Error()
	}
	for _, b := range report.Breaches {
		if string(b.Law) == *law {
			first.Tick, first.Text = b.Tick, b.Text
			break
		}
	}
	text, err := json.Marshal(first)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println(found + string(text))
}
