package server_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/rs/zerolog"

	"github.com/kompositor/kompositor/server"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/cluster"
)

// TestCallsOfARealHookReplayIdentically records calls of KafkaCluster's own hook, those of a recorded Metacontroller
// too where they are at hand, and runs them again.
func TestCallsOfARealHookReplayIdentically(t *testing.T) {
	calls := map[string][]byte{"/sync/kafkacluster": settledRequest(t, 3)}
	files, err := filepath.Glob("../../shared/wire/v*/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var recorded struct {
			Path string         `json:"path"`
			Body jsontext.Value `json:"body"`
		}
		if err := json.Unmarshal(text, &recorded); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		calls[recorded.Path+"?"+filepath.Base(file)] = recorded.Body
	}
	dir, log := t.TempDir(), &bytes.Buffer{}
	hooks := map[string]sync.Hook{"kafkacluster": cluster.Hook{}}
	s, err := server.New(server.Options{Hooks: hooks, RecordDir: dir, Logger: zerolog.New(log)})
	if err != nil {
		t.Fatal(err)
	}
	for path, body := range calls {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body)))
		if w.Code != http.StatusOK {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	var out bytes.Buffer
	if different, err := server.Replay(hooks, []string{dir}, &out); different != 0 || err != nil {
		t.Errorf("%d different, %v:\n%s\n%s", different, err, &out, log)
	}
	if recorded, err := os.ReadDir(dir); err != nil || len(recorded) != len(calls) {
		t.Errorf("%d calls were recorded of %d: %v\n%s", len(recorded), len(calls), err, log)
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
