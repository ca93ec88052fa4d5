package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const demoFile = "manifests/samples/kafkacluster-demo.yaml"

// runCommand runs a subcommand as a shell would.
func runCommand(t *testing.T, args ...string) (code int, out, err string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = run(t.Context(), args, streams{&stdout, &stderr})
	return code, stdout.String(), stderr.String()
}

func TestSimulateTellsTheWholeStory(t *testing.T) {
	code, out, err := runCommand(t, "simulate", "--story", "-f", demoFile)
	if code != exitOK {
		t.Fatalf("exit code %d: %s\n%s", code, err, out)
	}
	rest := out
	for _, line := range []string{
		"A cluster is created: kafka/demo with 3 brokers", "KafkaCluster/demo Ready=True",
		"A broker is added: broker 3", "Pod/demo-3 is: Ready",
		"A rolling restart", "metacontroller deletes Pod/demo-0",
		"A broker is lost", "The cluster is deleted", "metacontroller deletes PersistentVolumeClaim/demo-",
	} {
		_, after, found := strings.Cut(rest, line)
		if !found {
			t.Fatalf("the story lacks %q, or tells it too early:\n%s", line, out)
		}
		rest = after
	}
	if strings.Contains(out, "\x1b[") {
		t.Error("escape sequences were written to something that is no terminal")
	}
}

func TestSimulateSaysWhatIsAwaited(t *testing.T) {
	demo, err := os.ReadFile(demoFile)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "cluster.yaml")
	selector := "    combined:\n      nodeSelector: {disk: none-has-this}"
	broken := strings.Replace(string(demo), "    combined:", selector, 1)
	if err := os.WriteFile(file, []byte(broken), 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, stderr := runCommand(t, "simulate", "--seconds", "60", "-f", file)
	if code != exitFailed || !strings.Contains(stderr, "not settled within 60 seconds") ||
		!strings.Contains(stderr, "nodes are available") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
}

func TestRenderPrintsEveryKind(t *testing.T) {
	code, out, stderr := runCommand(t, "render", "-f", demoFile)
	if code != exitOK {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	for _, want := range []string{"kind: Pod\n", "kind: PersistentVolumeClaim\n", "kind: ConfigMap\n", "kind: Service\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("the rendered objects lack %q", want)
		}
	}
	for _, foreign := range []string{"controller-uid", "last-applied", "resourceVersion", "\nstatus:"} {
		if strings.Contains(out, foreign) {
			t.Errorf("the rendered objects have %q, which is not ours", foreign)
		}
	}
	if _, again, _ := runCommand(t, "render", "-f", demoFile); again != out {
		t.Error("the same file renders differently the second time")
	}
}

func TestCommandsNeedAFile(t *testing.T) {
	for _, name := range []string{"simulate", "render"} {
		if code, _, stderr := runCommand(t, name); code != exitUsage || !strings.Contains(stderr, "-f FILE is needed") {
			t.Errorf("%s without a file: exit code %d, %s", name, code, stderr)
		}
	}
}

// A misspelt field would be dropped by a real API server, and the answer would be about something else.
func TestRenderNamesMisspeltFields(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cr.yaml")
	text := "apiVersion: kafka.banzaicloud.io/v1beta1\nkind: KafkaCluster\nmetadata: {name: x}\n" +
		"spec: {brookers: [], brokers: [{id: 0, brokerConfig: {imagge: a}}]}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, stderr := runCommand(t, "render", "-f", file)
	if code == 0 || out != "" {
		t.Errorf("it ended with %d and rendered %q", code, out)
	}
	for _, want := range []string{`unknown field "spec.brookers"`, `unknown field "spec.brokers[0].brokerConfig.imagge"`} {
		if !strings.Contains(stderr, want) {
			t.Errorf("%q does not name %s", stderr, want)
		}
	}
}
