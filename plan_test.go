package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// liveDemo writes the objects of the demo cluster to a file, once it is ready in the simulated world.
func liveDemo(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "live.yaml")
	if code, _, err := runCommand(t, "simulate", "-f", demoFile, "-objects", file); code != exitOK {
		t.Fatalf("exit code %d: %s", code, err)
	}
	return file
}

// edited writes the demo cluster with one text replaced to a file.
func edited(t *testing.T, was, is string) string {
	t.Helper()
	demo, err := os.ReadFile(demoFile)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(demo), was) == 0 {
		t.Fatalf("%s does not have %q", demoFile, was)
	}
	file := filepath.Join(t.TempDir(), "changed.yaml")
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(string(demo), was, is)), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestPlanTellsByItsExitCode(t *testing.T) {
	live := liveDemo(t)
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"nothing is changed": {[]string{"-f", demoFile, live}, exitOK, "nothing changes"},
		"nothing is pending": {[]string{live}, exitOK, "nothing changes"},
		"a key": {
			[]string{"-f", edited(t, "min.insync.replicas=2", "min.insync.replicas=1"), live},
			exitChange,
			"read-only keys: min.insync.replicas",
		},
		"a smaller disk": {[]string{"-f", edited(t, "10Gi", "5Gi"), live}, exitRefused, "can not shrink"},
		"JSON":           {[]string{"-f", edited(t, "10Gi", "20Gi"), "-o", "json", live}, exitChange, `"action": "grow"`},
		"a timeline":     {[]string{"-f", edited(t, "10Gi", "20Gi"), "-o", "mermaid", live}, exitChange, "gantt\n"},
		"no such format": {[]string{"-o", "svg", live}, exitFailed, "there are text, json and mermaid"},
		"no such flag":   {[]string{"--nothing"}, exitFailed, "usage"},
		"no such file":   {[]string{"nowhere.yaml"}, exitFailed, "nowhere.yaml"},
		"no cluster":     {[]string{"manifests/samples/kafkatopic.yaml"}, exitFailed, "there is no KafkaCluster"},
		"stdin twice":    {[]string{"-f", "-", "-"}, exitFailed, "stdin can not be both"},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, err := runCommand(t, append([]string{"plan"}, c.args...)...)
			if code != c.code || !strings.Contains(out+err, c.says) {
				t.Errorf("exit code %d, want %d: %s%s", code, c.code, out, err)
			}
			if c.code == exitChange && strings.HasPrefix(out, "{") && !json.Valid([]byte(out)) {
				t.Errorf("this is no JSON: %s", out)
			}
		})
	}
}

func TestPlanReadsStdin(t *testing.T) {
	live := liveDemo(t)
	file, err := os.Open(live)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	before := os.Stdin
	os.Stdin = file
	defer func() { os.Stdin = before }()
	code, out, stderr := runCommand(t, "plan", "-f", edited(t, "10Gi", "20Gi"))
	_, same, _ := runCommand(t, "plan", "-f", edited(t, "10Gi", "20Gi"), live)
	if code != exitChange || out != same {
		t.Errorf("exit code %d: %s%s\nfrom the file: %s", code, out, stderr, same)
	}
}

// The values of Secrets are read, because Pods mount them; no plan and no error shows one.
func TestPlanShowsNoSecret(t *testing.T) {
	const planted = "planted-value-of-a-secret"
	secret := filepath.Join(t.TempDir(), "secret.yaml")
	write := func(text string) {
		if err := os.WriteFile(secret, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	head := "apiVersion: v1\nkind: Secret\nmetadata: {name: login, namespace: kafka}\n"
	live := liveDemo(t)
	for name, text := range map[string]string{
		"well":      head + "stringData: {password: " + planted + "}\n",
		"no base64": head + "data: {password: " + planted + "}\n",
		"no object": head + "data: " + planted + "\n",
		"no YAML":   head + "data: {password: " + planted + "\n\t: [\n",
	} {
		write(text)
		for _, format := range []string{"text", "json", "mermaid"} {
			_, out, err := runCommand(t, "plan", "-o", format, "-f", edited(t, "10Gi", "20Gi"), live, secret)
			if strings.Contains(out+err, planted) {
				t.Errorf("%s, %s: %s%s", name, format, out, err)
			}
		}
	}
}

// The plans in README.md are what the command prints of the edits beside them.
func TestReadmeShowsWhatIsPrinted(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	live := liveDemo(t)
	edits := strings.Split(string(readme), "```diff\n")[1:]
	const wanted = 3
	if len(edits) != wanted {
		t.Fatalf("README.md has %d edits, not %d", len(edits), wanted)
	}
	for _, text := range edits {
		diff, rest, _ := strings.Cut(text, "```\n")
		_, printed, _ := strings.Cut(rest, "```\n$ kompositor plan -f changed.yaml live.yaml\n")
		printed, _, found := strings.Cut(printed, "```\n")
		if !found {
			t.Fatalf("no plan follows the edit\n%s", diff)
		}
		var was, is string
		for line := range strings.Lines(diff) {
			if line[0] != '+' {
				was += line[1:]
			}
			if line[0] != '-' {
				is += line[1:]
			}
		}
		_, out, stderr := runCommand(t, "plan", "-f", edited(t, was, is), live)
		out, _, _ = strings.Cut(out, "\nAssumed:\n")
		if out != printed {
			t.Errorf("of the edit\n%sREADME.md shows\n%s, printed is\n%s%s", diff, printed, out, stderr)
		}
	}
}
