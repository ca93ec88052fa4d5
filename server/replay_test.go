package server_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/rs/zerolog"

	"github.com/kompositor/kompositor/server"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/cluster"
)

// TestACallOfTheRealHookReplaysIdentically records a call of KafkaCluster's own hook and runs it again.
func TestACallOfTheRealHookReplaysIdentically(t *testing.T) {
	dir, log := t.TempDir(), &bytes.Buffer{}
	hooks := map[string]sync.Hook{"kafkacluster": cluster.Hook{}}
	s, err := server.New(server.Options{Hooks: hooks, RecordDir: dir, Logger: zerolog.New(log)})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/sync/kafkacluster", bytes.NewReader(settledRequest(t, 3))))
	if w.Code != http.StatusOK {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	var out bytes.Buffer
	if different, err := server.Replay(hooks, []string{dir}, &out); different != 0 || err != nil {
		t.Errorf("%d different, %v:\n%s\n%s", different, err, &out, log)
	}
}
