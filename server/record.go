package server

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	gosync "sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/rs/zerolog"
	"sigs.k8s.io/yaml"

	"github.com/kompositor/kompositor/cases"
	"github.com/kompositor/kompositor/sync"
)

// recorder writes calls as case folders, without their secrets. It keeps a bounded number of them.
type recorder struct {
	dir   string
	limit int

	mu    gosync.Mutex
	names []string // of our folders, oldest first
}

// recordedName is how our own folders are called; no other folder is ever removed.
var recordedName = regexp.MustCompile(`^\d{8}T\d{6}\.\d{9}Z-\d+-`)

// notInNames is what a folder's name can not hold.
var notInNames = regexp.MustCompile(`[^a-z0-9.-]+`)

func newRecorder(options Options) (*recorder, error) {
	if err := os.MkdirAll(options.RecordDir, 0o700); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(options.RecordDir)
	if err != nil {
		return nil, err
	}
	r := &recorder{dir: options.RecordDir, limit: options.RecordLimit}
	for _, entry := range entries {
		if entry.IsDir() && recordedName.MatchString(entry.Name()) {
			r.names = append(r.names, entry.Name())
		}
	}
	return r, nil
}

// record writes one call. A call that can not be recorded is answered all the same.
func (r *recorder) record(logger zerolog.Logger, c *call, request, response []byte) {
	err := func() (err error) {
		defer func() {
			if cause := recover(); cause != nil {
				err = fmt.Errorf("the recorder failed: %v", cause)
			}
		}()
		return r.write(c, request, response)
	}()
	if err != nil {
		logger.Warn().Uint64("call", c.number).Err(err).Msg("call was not recorded")
	}
}

func (r *recorder) write(c *call, request, response []byte) error {
	recorded, err := redactedCase(c, request, response)
	if err != nil {
		return err
	}
	started := c.started.UTC()
	name := fmt.Sprintf("%s.%09dZ-%d-%s", started.Format("20060102T150405"), started.Nanosecond(), c.number,
		strings.Join([]string{c.hook, c.kind, plain(c.parent.Namespace), plain(c.parent.Name)}, "-"))
	recorded.Dir = filepath.Join(r.dir, name)
	recorded.Why = fmt.Sprintf("recorded from a live call at %s.", started.Format("2006-01-02T15:04:05Z"))

	r.mu.Lock()
	defer r.mu.Unlock()
	if err := recorded.Save(); err != nil {
		return err
	}
	r.names = append(r.names, name)
	for len(r.names) > r.limit {
		if err := os.RemoveAll(filepath.Join(r.dir, r.names[0])); err != nil {
			return err
		}
		r.names = r.names[1:]
	}
	return nil
}

// plain makes a word that a folder's name can hold.
func plain(word string) string {
	const longest = 63
	word = strings.Trim(notInNames.ReplaceAllString(strings.ToLower(word), "-"), "-.")
	return word[:min(len(word), longest)]
}

// redactedCase makes a case of a call.
func redactedCase(c *call, request, response []byte) (*cases.Case, error) {
	asked, err := parse(request)
	if err != nil {
		return nil, fmt.Errorf("the request: %w", err)
	}
	parts, _ := asked.(map[string]any)
	if finalizing, _ := parts["finalizing"].(bool); finalizing && c.hook != hookFinalize {
		return nil, errors.New("finalizing does not fit its path, and no case is like that")
	}
	keepChildKinds(parts)
	drop(asked)
	var told any
	if len(response) > 0 {
		if told, err = parse(response); err != nil {
			return nil, fmt.Errorf("the response: %w", err)
		}
		drop(told)
	}
	redact := newRedactor()
	redact.learn(asked)
	redact.learn(told)
	recorded := &cases.Case{Hook: c.hook}
	if recorded.Request, err = json.Marshal(redact.redact(asked, "/request"), json.Deterministic(true)); err != nil {
		return nil, err
	}
	if told != nil {
		if recorded.Response, err = toYAML(redact.redact(told, "/response")); err != nil {
			return nil, err
		}
	}
	if err := recordOutside(redact, c, recorded); err != nil {
		return nil, err
	}
	recorded.Notes = notes(redact, c)
	return recorded, nil
}

// keepChildKinds leaves of the controller only which kinds of children it has: an answer depends on nothing else of it.
func keepChildKinds(parts map[string]any) {
	controller, _ := parts["controller"].(map[string]any)
	spec, _ := controller["spec"].(map[string]any)
	if kinds := spec["childResources"]; kinds != nil {
		parts["controller"] = map[string]any{"spec": map[string]any{"childResources": kinds}}
		return
	}
	delete(parts, "controller")
}

// recordOutside adds what was learnt from the outside and what was done there.
func recordOutside(redact *redactor, c *call, recorded *cases.Case) error {
	known := c.facts
	if _, made := known.PKI.Password.Get(); made {
		known.PKI.Password = sync.Known(sync.Confidential(placeholder))
	}
	facts, err := json.Marshal(known, sync.Encoding())
	if err != nil {
		return err
	}
	tree, err := parse(facts)
	if err != nil {
		return err
	}
	if facts, err = json.Marshal(redact.redact(tree, "/facts")); err != nil {
		return err
	}
	if err := json.Unmarshal(facts, &recorded.Facts); err != nil {
		return err
	}
	commands, err := cases.RenderCommands(c.outcomes)
	if err != nil || commands == nil {
		return err
	}
	recorded.Commands, err = redactYAML(redact, commands, "/commands")
	return err
}

// redactYAML redacts a text of YAML; nothing stays nothing.
func redactYAML(redact *redactor, text []byte, at jsontext.Pointer) ([]byte, error) {
	if len(text) == 0 {
		return nil, nil
	}
	encoded, err := yaml.YAMLToJSON(text)
	if err != nil {
		return nil, err
	}
	tree, err := parse(encoded)
	if err != nil {
		return nil, err
	}
	drop(tree)
	return toYAML(redact.redact(tree, at))
}

// notes are the comments at the top of a recorded request.
func notes(redact *redactor, c *call) []string {
	var lines []string
	if c.outcome != answered {
		lines = append(lines, fmt.Sprintf("%s%s, status %d, at /%s/%s", failedNote, c.outcome, c.status, c.hook, c.kind))
	}
	for _, place := range slices.Sorted(maps.Keys(redact.places)) {
		lines = append(lines, redactedNote+redact.sweep(place))
	}
	return lines
}

// failedNote begins the comment that says how and where a call failed.
const failedNote = "Failed: "

// redactedNote begins the comment that names a redacted place.
const redactedNote = "Redacted: "

// toYAML writes a tree as the canonical YAML of a case.
func toYAML(tree any) ([]byte, error) {
	encoded, err := json.Marshal(tree, json.Deterministic(true))
	if err != nil {
		return nil, err
	}
	return yaml.JSONToYAML(encoded)
}
