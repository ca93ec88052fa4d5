package cluster_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/kompositor/kompositor/cases/judge"
)

// FuzzObserve walks the pure line over any request. The corpus are the cases and, when they are there, requests that
// were recorded from a real Metacontroller.
func FuzzObserve(f *testing.F) {
	judge.Seeds(f)
	for _, body := range recorded(f) {
		f.Add(body, []byte(`{"now":"2026-01-01T00:00:00Z"}`))
	}
	f.Fuzz(func(t *testing.T, body, facts []byte) { trial().Walk(t, body, facts) })
}

// TestBentRequests bends every case: whatever comes in, there is an answer or a refusal, and no panic.
func TestBentRequests(t *testing.T) { trial().Bent(t, 80) }

// recorded are the bodies of the recorded requests; none where the folder is not there.
func recorded(f *testing.F) [][]byte {
	files, err := filepath.Glob("../../../shared/wire/*/*.json")
	if err != nil {
		f.Fatal(err)
	}
	var bodies [][]byte
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		var call struct {
			Body map[string]any `json:"body"`
		}
		if err := json.Unmarshal(text, &call); err != nil {
			f.Fatal(err)
		}
		body, err := json.Marshal(call.Body)
		if err != nil {
			f.Fatal(err)
		}
		bodies = append(bodies, body)
	}
	return bodies
}

// TestRelabelled edits the labels of every observed child of every case, which anybody may.
func TestRelabelled(t *testing.T) { trial().Relabelled(t) }
