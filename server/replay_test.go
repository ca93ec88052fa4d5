package server_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/kompositor/kompositor/cases"
	"github.com/kompositor/kompositor/server"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/cluster"
	"github.com/kompositor/kompositor/sync/operation"
	"github.com/kompositor/kompositor/sync/topic"
	"github.com/kompositor/kompositor/sync/user"
)

// TestCallsOfTheRealHooksReplayIdentically records a call for every case that the hooks are tried on, of a world in
// which nobody answers, and a call of a generated cluster, and runs them again.
func TestCallsOfTheRealHooksReplayIdentically(t *testing.T) {
	dir, log := t.TempDir(), &bytes.Buffer{}
	rooms := map[string]string{
		"kafkacluster": "cluster", "kafkatopic": "topic", "kafkauser": "user", "cruisecontroloperation": "operation",
	}
	hooks := map[string]sync.Hook{
		"kafkacluster": cluster.Hook{}, "kafkatopic": topic.Hook{}, "kafkauser": user.Hook{},
		"cruisecontroloperation": operation.Hook{},
	}
	s, err := server.New(server.Options{Hooks: hooks, RecordDir: dir, Logger: zerolog.New(log)})
	if err != nil {
		t.Fatal(err)
	}
	calls := 0
	call := func(from, path string, body []byte) {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body)))
		if w.Code != http.StatusOK {
			t.Errorf("%s: %d %s", from, w.Code, w.Body)
		}
		calls++
	}
	call("generated", "/sync/kafkacluster", settledRequest(t, 3))
	for kind, room := range rooms {
		dirs, err := cases.Walk(filepath.Join("..", "sync", room, "testdata", "cases"))
		if err != nil || len(dirs) == 0 {
			t.Fatalf("%d cases of %s: %v", len(dirs), kind, err)
		}
		for _, dir := range dirs {
			c, err := cases.Load(dir)
			if err != nil {
				t.Fatal(err)
			}
			call(dir, "/"+c.Hook+"/"+kind, c.Request)
		}
		if !regexp.MustCompile(`"kind":"` + kind + `"[^\n]*"cluster":"\w+/\w+"`).MatchString(log.String()) {
			t.Errorf("no log line of a %s names its cluster", kind)
		}
	}
	var out bytes.Buffer
	if different, err := server.Replay(hooks, []string{dir}, &out); different != 0 || err != nil {
		t.Errorf("%d different, %v:\n%s", different, err, &out)
	}
	if recorded, err := os.ReadDir(dir); err != nil || len(recorded) != calls {
		t.Errorf("%d calls were recorded of %d: %v\n%s", len(recorded), calls, err, log)
	}
}

// TestSettledClusterIsAnsweredQuickly guards the budget that Metacontroller gives: an answer for a hundred brokers
// that takes a second has lost something that the benchmarks would show.
func TestSettledClusterIsAnsweredQuickly(t *testing.T) {
	body := settledRequest(t, 100)
	s := newServer(t)
	best := time.Hour
	for range 5 {
		started := time.Now()
		callHandler(t, s, body)
		best = min(best, time.Since(started))
	}
	if best > time.Second {
		t.Errorf("the best of five took %s", best)
	}
}
