package cases

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/kompositor/kompositor/sync"
)

// echo is a hook whose answer holds what it was given, so that a case shows what reached it.
type echo struct{ commands []sync.Command }

type echoed struct {
	request sync.Request
	hook    echo
}

func (h echo) Observe(r sync.Request) (sync.Observed, error) { return echoed{r, h}, nil }

func (h echo) Customize(sync.CustomizeRequest) (sync.CustomizeResponse, error) {
	return sync.CustomizeResponse{RelatedResources: []sync.RelatedResource{{APIVersion: "v1", Resource: "secrets"}}}, nil
}

func (e echoed) Parent() sync.Parent { return sync.Parent{Name: "demo"} }
func (e echoed) Ask() sync.Questions { return sync.Questions{} }

func (e echoed) Plan(facts sync.Facts) sync.Decision {
	d := sync.Decision{Commands: e.hook.commands, ResyncAfter: time.Minute, Status: map[string]any{
		"why": facts.Kafka.Cluster.Why(), "now": facts.Now, "finalizing": e.request.Finalizing,
	}}
	for _, pod := range e.request.Children.Pods {
		d.Children = append(d.Children, sync.Child{
			APIVersion: "v1", Kind: "Pod", Name: pod.Name, Object: map[string]any{"name": pod.Name},
		})
	}
	return d
}

type command string

func (command) To() sync.Adapter { return sync.AdapterKafka }

func (c command) String() string { return string(c) }

const request = `# Why: shows the format.
# Redacted: nothing
hook: sync
parent:
  kind: KafkaCluster
children:
  Pod.v1:
    data/demo-0:
      metadata: {name: demo-0, namespace: data}
`

func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "case")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestCaseRunsWithItsFactsAndOutcomes(t *testing.T) {
	c, err := Load(write(t, map[string]string{
		RequestFile:  request,
		FactsFile:    "now: 2026-01-01T00:00:00Z\nkafka:\n  cluster:\n    unknown: nobody answered\n",
		CommandsFile: "- to: kafka\n  does: create topic a\n  failed: refused\n",
	}))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := c.Run(echo{commands: []sync.Command{command("create topic a"), command("create topic b")}})
	if err != nil {
		t.Fatal(err)
	}
	want := `children:
- name: demo-0
resyncAfterSeconds: 5
status:
  finalizing: false
  now: "2026-01-01T00:00:00Z"
  why: nobody answered
`
	if diff := cmp.Diff(want, string(answer.Response)); diff != "" {
		t.Errorf("response (-want +got):\n%s", diff)
	}
	want = "- does: create topic a\n  failed: refused\n  to: kafka\n- does: create topic b\n  to: kafka\n"
	if diff := cmp.Diff(want, string(answer.Commands)); diff != "" {
		t.Errorf("commands (-want +got):\n%s", diff)
	}
	if err := c.Accept(answer); err != nil {
		t.Fatal(err)
	}
	again, err := Load(c.Dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(answer.Response), string(again.Response)); diff != "" {
		t.Errorf("accepted response (-want +got):\n%s", diff)
	}
}

func TestLoadIsStrict(t *testing.T) {
	cases := map[string]struct {
		files map[string]string
		says  string
	}{
		"no why":              {map[string]string{RequestFile: "parent: {kind: KafkaCluster}\n"}, "# Why: "},
		"unknown part":        {map[string]string{RequestFile: request + "childs: {}\n"}, "childs"},
		"unknown hook":        {map[string]string{RequestFile: "# Why: x.\nhook: resync\nparent: {}\n"}, "resync"},
		"no parent":           {map[string]string{RequestFile: "# Why: x.\nhook: sync\n"}, "parent is missing"},
		"finalizing mismatch": {map[string]string{RequestFile: request + "finalizing: true\n"}, "finalizing"},
		"unknown fact":        {map[string]string{RequestFile: request, FactsFile: "kafak: {}\n"}, "kafak"},
		"unknown within known": {
			map[string]string{RequestFile: request, FactsFile: "kafka: {cluster: {known: {idd: x}}}\n"}, "idd",
		},
		"key twice": {map[string]string{RequestFile: request, FactsFile: "kafka: {}\nkafka: {}\n"}, "kafka"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if _, err := Load(write(t, c.files)); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("Load returned %v, want an error that says %q", err, c.says)
			}
		})
	}
}

func TestSavedCaseLoadsEqual(t *testing.T) {
	saved := &Case{
		Dir: filepath.Join(t.TempDir(), "folder", "0001"), Why: "recorded", Notes: []string{"Redacted: 1 value"},
		Hook: HookFinalize,
		Request: jsontext.Value(`{"parent":{"kind":"KafkaCluster","n":9007199254740993,"s":"yes"},` +
			`"children":{},"related":{},"finalizing":true}`),
		Facts:    sync.Facts{Now: time.Date(2026, 1, 1, 0, 0, 0, 5000, time.UTC)},
		Response: []byte("children: []\n"),
	}
	saved.Facts.Kafka.Quorum = sync.Known(sync.Quorum{Leader: 1, Voters: []sync.QuorumReplica{{ID: 1}}})
	if err := saved.Save(); err != nil {
		t.Fatal(err)
	}
	if err := saved.Save(); err == nil {
		t.Error("an existing case was overwritten")
	}
	dirs, err := Walk(filepath.Dir(saved.Dir))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{saved.Dir}, dirs); diff != "" {
		t.Fatalf("folders (-want +got):\n%s", diff)
	}
	loaded, err := Load(dirs[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []*Case{saved, loaded} {
		if err := c.Request.Canonicalize(json.Deterministic(true), jsontext.CanonicalizeRawInts(false)); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(saved, loaded, cmp.Exporter(isFact)); diff != "" {
		t.Errorf("case (-saved +loaded):\n%s", diff)
	}
}

func isFact(of reflect.Type) bool { return strings.HasPrefix(of.Name(), "Fact[") }

func TestCustomizeCase(t *testing.T) {
	c, err := Load(write(t, map[string]string{RequestFile: "# Why: x.\nhook: customize\nparent: {kind: KafkaCluster}\n"}))
	if err != nil {
		t.Fatal(err)
	}
	if kind, err := c.Kind(); kind != "kafkacluster" || err != nil {
		t.Errorf("kind is %q (%v)", kind, err)
	}
	answer, err := c.Run(echo{})
	if err != nil {
		t.Fatal(err)
	}
	if want := "relatedResources:\n- apiVersion: v1\n  resource: secrets\n"; string(answer.Response) != want {
		t.Errorf("got %s, want %s", answer.Response, want)
	}
}

func TestGuardedCase(t *testing.T) {
	c, err := Load(write(t, map[string]string{RequestFile: request}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Run(dropper{}); err == nil || !strings.Contains(err.Error(), "guard") {
		t.Errorf("Run returned %v, want the guard's refusal", err)
	}
	if _, err := c.Run(refuser{}); !errors.Is(err, errNotOurs) {
		t.Errorf("Run returned %v, want the hook's error", err)
	}
}

// dropper answers with no children at all.
type dropper struct{ echo }

func (dropper) Observe(sync.Request) (sync.Observed, error) { return echoed{}, nil }

var errNotOurs = errors.New("not ours")

// refuser takes no request for its own.
type refuser struct{ echo }

func (refuser) Observe(sync.Request) (sync.Observed, error) { return nil, errNotOurs }
