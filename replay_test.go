package main

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/kompositor/kompositor/cases"
	"github.com/kompositor/kompositor/server"
	"github.com/kompositor/kompositor/sync"
)

// knowing is an adapter that answers what a case says that the world answered, and whose commands all succeed.
type knowing struct {
	name  sync.Adapter
	facts *sync.Facts
}

func (k knowing) Name() sync.Adapter { return k.name }

func (k knowing) Answer(context.Context, sync.Questions) sync.Facts { return *k.facts }

func (k knowing) Perform(_ context.Context, commands []sync.Command) sync.Outcomes {
	return make(sync.Outcomes, len(commands))
}

// TestCallsOfTheRealHooksReplayIdentically records a call for every case that the hooks are tried on, in the world of
// the case, and runs them again.
func TestCallsOfTheRealHooksReplayIdentically(t *testing.T) {
	dir, log := t.TempDir(), &bytes.Buffer{}
	var facts sync.Facts
	options := server.Options{Hooks: hooks(), RecordDir: dir, RecordLimit: 100_000, Logger: zerolog.New(log)}
	options.Now = func() time.Time { return facts.Now }
	for _, name := range sync.Adapters() {
		options.Adapters = append(options.Adapters, knowing{name, &facts})
	}
	s, err := server.New(options)
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
	for kind := range hooks() {
		room := strings.TrimPrefix(strings.TrimPrefix(kind, "kafka"), "cruisecontrol")
		dirs, err := cases.Walk(filepath.Join("sync", room, "testdata", "cases"))
		if err != nil || len(dirs) == 0 {
			t.Fatalf("%d cases of %s: %v", len(dirs), kind, err)
		}
		for _, dir := range dirs {
			c, err := cases.Load(dir)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(dir, filepath.FromSlash("dynamic/secret-is-set")) {
				continue // its answer holds the hash of a secret, which a record must not hold
			}
			facts = c.Facts
			call(dir, "/"+c.Hook+"/"+kind, c.Request)
		}
		if !regexp.MustCompile(`"kind":"` + kind + `"[^\n]*"cluster":"\w+/\w+"`).MatchString(log.String()) {
			t.Errorf("no log line of a %s names its cluster", kind)
		}
	}
	var out bytes.Buffer
	if different, err := server.Replay(hooks(), []string{dir}, &out); different != 0 || err != nil {
		t.Errorf("%d different, %v:\n%s", different, err, &out)
	}
	if recorded, err := os.ReadDir(dir); err != nil || len(recorded) != calls {
		t.Errorf("%d calls were recorded of %d: %v\n%s", len(recorded), calls, err, log)
	}
}
