package cases

import (
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"
	"sigs.k8s.io/yaml"

	"github.com/kompositor/kompositor/sync"
)

// WithField answers the case in a folder as it is, and with one field of its parent's spec set to a value, which is
// YAML: what is answered and commanded, one after the other.
func WithField(hook sync.Hook, dir, field, value string) (plain, with []byte, err error) {
	c, err := Load(dir)
	if err != nil {
		return nil, nil, err
	}
	request := map[string]any{}
	if err := json.Unmarshal(c.Request, &request); err != nil {
		return nil, nil, err
	}
	parent, _ := request["parent"].(map[string]any)
	spec, ok := parent["spec"].(map[string]any)
	if !ok {
		return nil, nil, fmt.Errorf("the parent of case %s has no spec", dir)
	}
	before, err := c.Run(hook)
	if err != nil {
		return nil, nil, err
	}
	if err := yaml.Unmarshal([]byte("{"+field+": "+value+"}"), &spec); err != nil {
		return nil, nil, err
	}
	if c.Request, err = json.Marshal(request, json.Deterministic(true)); err != nil {
		return nil, nil, err
	}
	after, err := c.Run(hook)
	if err != nil {
		return nil, nil, err
	}
	return slices.Concat(before.Response, before.Commands), slices.Concat(after.Response, after.Commands), nil
}
