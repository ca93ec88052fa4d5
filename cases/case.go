package cases

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"sigs.k8s.io/yaml"

	"github.com/kompositor/kompositor/sync"
)

// The files of a case folder.
const (
	RequestFile  = "request.yaml"
	FactsFile    = "facts.yaml"
	ResponseFile = "response.yaml"
	CommandsFile = "commands.yaml"
)

// The hooks that a case can be a call of.
const (
	HookSync      = "sync"
	HookFinalize  = "finalize"
	HookCustomize = "customize"
)

// Case is one hook call.
type Case struct {
	// Dir is the folder; its last element names the case.
	Dir string
	// Why says in one sentence why the case exists.
	Why string
	// Notes are the further comment lines at the top of request.yaml, such as what was redacted.
	Notes []string
	// Hook is sync, finalize or customize.
	Hook string
	// Request is the body of the call as JSON.
	Request jsontext.Value
	// Facts are what the world answered.
	Facts sync.Facts
	// Response is response.yaml, nil when there is none yet.
	Response []byte
	// Commands is commands.yaml, nil when there were none.
	Commands []byte
}

// whyPrefix begins the first line of every request.yaml.
const whyPrefix = "# Why: "

// body is request.yaml: what Metacontroller sends, plus the hook that is called. Without a controller, there is nothing
// that it does not list.
type body struct {
	Controller jsontext.Value `json:"controller,omitzero"`
	Hook       string         `json:"hook,omitzero"`
	Finalizing bool           `json:"finalizing,omitzero"`
	Parent     jsontext.Value `json:"parent"`
	Children   jsontext.Value `json:"children,omitzero"`
	Related    jsontext.Value `json:"related,omitzero"`
}

// Walk returns the case folders below root in order: every folder with a request.yaml.
func Walk(root string) ([]string, error) {
	var dirs []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !entry.IsDir() && entry.Name() == RequestFile {
			dirs = append(dirs, filepath.Dir(path))
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for case folders: %w", err)
	}
	slices.Sort(dirs)
	return dirs, nil
}

// Load reads a case folder. Unknown fields are errors everywhere but inside Kubernetes objects.
func Load(dir string) (*Case, error) {
	text, err := os.ReadFile(filepath.Join(dir, RequestFile))
	if err != nil {
		return nil, err
	}
	c := &Case{Dir: dir}
	if err := c.readRequest(text); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, RequestFile), err)
	}
	if text, err = readOptional(filepath.Join(dir, FactsFile)); err != nil {
		return nil, err
	}
	if err := unmarshalStrict(text, &c.Facts); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, FactsFile), err)
	}
	if c.Response, err = readOptional(filepath.Join(dir, ResponseFile)); err != nil {
		return nil, err
	}
	if c.Commands, err = readOptional(filepath.Join(dir, CommandsFile)); err != nil {
		return nil, err
	}
	return c, nil
}

// readRequest reads request.yaml with the comment lines at its top.
func (c *Case) readRequest(text []byte) error {
	for i, line := range strings.Split(string(text), "\n") {
		comment, found := strings.CutPrefix(line, "#")
		if i == 0 {
			if c.Why, found = strings.CutPrefix(line, whyPrefix); !found || c.Why == "" {
				return errors.New(`the first line must be "# Why: " and one sentence`)
			}
			continue
		}
		if !found {
			break
		}
		c.Notes = append(c.Notes, strings.TrimSpace(comment))
	}
	var read body
	if err := unmarshalStrict(text, &read); err != nil {
		return err
	}
	if read.Hook == "" {
		read.Hook = HookSync
		if read.Finalizing {
			read.Hook = HookFinalize
		}
	}
	switch read.Hook {
	case HookSync, HookFinalize, HookCustomize:
	default:
		return fmt.Errorf("hook is %q; it must be sync, finalize or customize", read.Hook)
	}
	if (read.Hook == HookFinalize) != read.Finalizing {
		return fmt.Errorf("hook is %s and finalizing is %t; only finalize is called with finalizing: true",
			read.Hook, read.Finalizing)
	}
	if len(read.Parent) == 0 {
		return errors.New("parent is missing")
	}
	c.Hook = read.Hook
	return c.setRequest(read)
}

// setRequest writes the JSON that Metacontroller would have sent.
func (c *Case) setRequest(read body) error {
	read.Hook = ""
	if c.Hook != HookCustomize {
		for _, part := range []*jsontext.Value{&read.Children, &read.Related} {
			if len(*part) == 0 {
				*part = jsontext.Value("{}")
			}
		}
	}
	request, err := json.Marshal(read, json.Deterministic(true))
	c.Request = request
	return err
}

// Kind is the parent's kind in lower case, which is the last element of the hook's path.
func (c *Case) Kind() (string, error) {
	var request struct {
		Parent struct {
			Kind string `json:"kind"`
		} `json:"parent"`
	}
	if err := json.Unmarshal(c.Request, &request); err != nil {
		return "", err
	}
	if request.Parent.Kind == "" {
		return "", errors.New("the parent has no kind")
	}
	return strings.ToLower(request.Parent.Kind), nil
}

// Save writes the whole folder, or nothing: it is written beside its place and then renamed. The folder must not exist.
func (c *Case) Save() error {
	files, err := c.files()
	if err != nil {
		return fmt.Errorf("render case %s: %w", filepath.Base(c.Dir), err)
	}
	if err := os.MkdirAll(filepath.Dir(c.Dir), 0o750); err != nil {
		return err
	}
	partial, err := os.MkdirTemp(filepath.Dir(c.Dir), partialPrefix)
	if err != nil {
		return err
	}
	for name, text := range files {
		if len(text) == 0 {
			continue
		}
		if err := os.WriteFile(filepath.Join(partial, name), text, 0o600); err != nil {
			return errors.Join(err, os.RemoveAll(partial))
		}
	}
	if err := os.Rename(partial, c.Dir); err != nil {
		return errors.Join(err, os.RemoveAll(partial))
	}
	return nil
}

// partialPrefix begins the name of a folder that is being written.
const partialPrefix = ".partial-"

// files renders the files of the folder.
func (c *Case) files() (map[string][]byte, error) {
	request, err := c.renderRequest()
	if err != nil {
		return nil, err
	}
	facts, err := canonical(c.Facts)
	if err != nil {
		return nil, err
	}
	return map[string][]byte{
		RequestFile: request, FactsFile: facts, ResponseFile: c.Response, CommandsFile: c.Commands,
	}, nil
}

// renderRequest writes request.yaml: the comments, then the parts in the order in which one reads them.
func (c *Case) renderRequest() ([]byte, error) {
	var request struct {
		Finalizing bool           `json:"finalizing"`
		Controller jsontext.Value `json:"controller"`
		Parent     jsontext.Value `json:"parent"`
		Children   jsontext.Value `json:"children"`
		Related    jsontext.Value `json:"related"`
	}
	if err := json.Unmarshal(c.Request, &request); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	for _, line := range append([]string{strings.TrimPrefix(whyPrefix, "# ") + c.Why}, c.Notes...) {
		out.WriteString("# " + strings.ReplaceAll(line, "\n", " ") + "\n")
	}
	out.WriteString("hook: " + c.Hook + "\n")
	if request.Finalizing {
		out.WriteString("finalizing: true\n")
	}
	for _, part := range []struct {
		name  string
		value jsontext.Value
	}{
		{"controller", request.Controller},
		{"parent", request.Parent},
		{"children", request.Children},
		{"related", request.Related},
	} {
		if len(part.value) == 0 {
			continue
		}
		text, err := canonical(map[string]jsontext.Value{part.name: part.value})
		if err != nil {
			return nil, err
		}
		out.Write(text)
	}
	return out.Bytes(), nil
}

// Accept writes an answer's response.yaml and commands.yaml into the case's folder: the -update of a golden test.
func (c *Case) Accept(answer Answer) error {
	c.Response, c.Commands = answer.Response, answer.Commands
	for name, text := range map[string][]byte{ResponseFile: answer.Response, CommandsFile: answer.Commands} {
		path := filepath.Join(c.Dir, name)
		if len(text) == 0 {
			if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			continue
		}
		if err := os.WriteFile(path, text, 0o644); err != nil { //nolint:gosec // a golden file is for everyone to read
			return err
		}
	}
	return nil
}

// unmarshalStrict reads YAML into a value that knows every field.
func unmarshalStrict(text []byte, into any) error {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil
	}
	value, err := yaml.YAMLToJSONStrict(text)
	if err != nil {
		return err
	}
	if bytes.Equal(value, []byte("null")) {
		return nil
	}
	return json.Unmarshal(value, into, json.RejectUnknownMembers(true))
}

// readOptional reads a file that may be absent.
func readOptional(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return text, err
}
