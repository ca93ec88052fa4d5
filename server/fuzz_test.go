package server

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/kompositor/kompositor/sync"
)

// FuzzDecode calls the handler with any body: it never panics, and it answers in full or with a 4xx. Its seeds are
// small requests, and recorded ones where they are at hand.
func FuzzDecode(f *testing.F) {
	for _, body := range []string{
		"", "null", "{}", "[]", requestWith(), requestWith("demo-0"), `{"parent":` + parentObject + `}`,
		`{"parent":` + parentObject + `,"children":{"Widget.example.com/v1":{"w":{"metadata":{"name":"w"}}},"Pod.v1":null}}`,
		`{"parent":` + parentObject + `,"children":{"Pod.v1":{"":{"metadata":{"annotations":null,"labels":{"a":null}}}}}}`,
		`{"parent":` + parentObject + `,"children":{"Service.v1":{"s":{"spec":{"ports":[{"targetPort":1.5}]}}}}}`,
		`{"parent":` + parentObject + `,"related":{"Secret.v1":{"s":{"data":{"k":"!"}}},"Node.v1":{"n":{}}},` +
			`"finalizing":true}`,
	} {
		f.Add([]byte(body))
	}
	for _, body := range recordedRequests(f) {
		f.Add(body)
	}
	fixture := newFixture(f, fakeHook{}, func(o *Options) { o.RecordDir, o.RecordLimit = f.TempDir(), 2 })
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, path := range []string{"/sync/kafkacluster", "/finalize/kafkacluster", "/customize/kafkacluster"} {
			w := fixture.post(path, string(body))
			switch {
			case w.Code == http.StatusOK:
				var answer struct {
					Children         []jsontext.Value       `json:"children"`
					RelatedResources []sync.RelatedResource `json:"relatedResources"`
				}
				err := json.Unmarshal(w.Body.Bytes(), &answer)
				if err != nil || answer.Children == nil && answer.RelatedResources == nil {
					t.Errorf("%s: %v in %s", path, err, w.Body)
				}
			case w.Code >= 500 && w.Body.String() == "":
				t.Errorf("%s: %d without a reason", path, w.Code)
			case w.Code != http.StatusBadRequest && !refusedByGuard(w.Body.String()):
				t.Errorf("%s: %d %s", path, w.Code, w.Body)
			}
		}
		if strings.Contains(fixture.log.String(), "the recorder failed") {
			t.Errorf("the recorder panicked: %s", fixture.log)
		}
		fixture.log.reset()
		if panics := fixture.series(t, "kompositor_panics_total")[""]; panics != 0 {
			t.Errorf("%v panics", panics)
		}
	})
}

// refusedByGuard says that the guard refused what the fake hook made of objects without a name, or with the same one:
// its decision is as careless as the request.
func refusedByGuard(text string) bool {
	return len(text) > 0 && (strings.Contains(text, "lacks apiVersion") || strings.Contains(text, "is listed twice"))
}

// recordedRequests are the bodies of the recorded calls beside the project; none where that folder is absent.
func recordedRequests(tb testing.TB) [][]byte {
	tb.Helper()
	files, err := filepath.Glob("../../shared/wire/v*/*.json")
	if err != nil {
		tb.Fatal(err)
	}
	var bodies [][]byte
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		var recorded struct {
			Body jsontext.Value `json:"body"`
		}
		if err := json.Unmarshal(text, &recorded); err != nil {
			tb.Fatalf("%s: %v", file, err)
		}
		if err := recorded.Body.Compact(); err != nil {
			tb.Fatalf("%s: %v", file, err)
		}
		bodies = append(bodies, recorded.Body)
	}
	return bodies
}
