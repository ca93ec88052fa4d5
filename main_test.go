package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
)

func TestExitCodesAndWhatIsSaid(t *testing.T) {
	empty := t.TempDir()
	cases := map[string]struct {
		args     []string
		code     int
		out, err string
	}{
		"nothing":              {nil, exitUsage, "", "usage: kompositor SUBCOMMAND"},
		"unknown":              {[]string{"run"}, exitUsage, "", `no subcommand "run"`},
		"help":                 {[]string{"help"}, exitOK, "\n  serve         answer", ""},
		"help, the longest":    {[]string{"help"}, exitOK, "\n  certificates  keep", ""},
		"version":              {[]string{"version"}, exitOK, "kompositor ", ""},
		"serve -h":             {[]string{"serve", "-h"}, exitOK, "", "-record-dir"},
		"unknown flag":         {[]string{"serve", "--listne", "x"}, exitUsage, "", "-listne"},
		"an argument":          {[]string{"serve", "now"}, exitUsage, "", "takes no arguments"},
		"a level":              {[]string{"serve", "--log-level", "loud"}, exitUsage, "", "--log-level"},
		"an address":           {[]string{"serve", "--listen", "nowhere"}, exitFailed, "", "--listen"},
		"no size":              {[]string{"serve", "--max-request-bytes", "-1"}, exitUsage, "", "--max-request-bytes"},
		"no time":              {[]string{"serve", "--answer-timeout", "0s"}, exitUsage, "", "--answer-timeout"},
		"time backwards":       {[]string{"serve", "--drain-delay", "-5s"}, exitUsage, "", "--drain-delay"},
		"no records":           {[]string{"serve", "--record-limit", "0"}, exitUsage, "", "--record-limit"},
		"half of TLS":          {[]string{"serve", "--tls-cert", "x"}, exitFailed, "", "--tls-key"},
		"a missing token file": {[]string{"serve", "--token-file", filepath.Join(empty, "x")}, exitFailed, "", "tokens"},
		"replay of nothing":    {[]string{"replay"}, exitUsage, "", "replay needs a folder"},
		"replay of no case":    {[]string{"replay", empty}, exitUsage, "", "holds no case"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var out, err bytes.Buffer
			if code := run(t.Context(), c.args, streams{&out, &err}); code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
			if !strings.Contains(out.String(), c.out) || !strings.Contains(err.String(), c.err) {
				t.Errorf("said %q and %q, want %q and %q", &out, &err, c.out, c.err)
			}
		})
	}
}

// golden are the cases of KafkaCluster: a recorded call is nothing else.
const golden = "sync/cluster/testdata/cases"

func TestReplay(t *testing.T) {
	var out, err bytes.Buffer
	if code := run(t.Context(), []string{"replay", golden}, streams{&out, &err}); code != exitOK {
		t.Fatalf("exit code %d: %s%s", code, &out, &err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(golden)); err != nil {
		t.Fatal(err)
	}
	responses, globErr := filepath.Glob(filepath.Join(dir, "*", "*", "response.yaml"))
	if globErr != nil || len(responses) == 0 {
		t.Fatalf("%v: found %v", globErr, responses)
	}
	if err := os.WriteFile(responses[0], []byte("children: []\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out.Reset()
	code := run(t.Context(), []string{"replay", dir}, streams{&out, &err})
	if code != exitFailed || !strings.Contains(out.String(), "different  "+filepath.Dir(responses[0])) ||
		!strings.Contains(out.String(), ", 1 different") {
		t.Errorf("exit code %d: %s%s", code, &out, &err)
	}
}

func TestServeAnswersUntilItIsTold(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	log, lines := io.Pipe()
	code := make(chan int, 1)
	go func() {
		code <- run(ctx, []string{"serve", "--listen", "127.0.0.1:0"}, streams{io.Discard, lines})
		_ = lines.Close()
	}()
	reader := bufio.NewReader(log)
	first, err := reader.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	rest := make(chan string, 1)
	go func() {
		text, _ := io.ReadAll(reader)
		rest <- string(text)
	}()
	var line struct {
		Listen string   `json:"listen"`
		Kinds  []string `json:"kinds"`
	}
	if err := json.Unmarshal([]byte(first), &line); err != nil || len(line.Kinds) == 0 {
		t.Fatalf("the first line is %s (%v)", first, err)
	}
	response, err := http.Get("http://" + line.Listen + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("not ready: %d", response.StatusCode)
	}
	stop()
	if got := <-code; got != exitOK {
		t.Errorf("exit code %d", got)
	}
	if text := <-rest; !strings.Contains(text, `"stopped"`) {
		t.Errorf("the log ends with %s", text)
	}
}
