package cases

import (
	"fmt"
	"maps"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Next is the call that follows a case when the world did as it was told: the answer's children are observed, and its
// status stands in the parent. It is where the request of the next case of a story begins; what kubelet and others
// did in between is written in by hand.
func (c *Case) Next(answer Answer) (*Case, error) {
	var said struct {
		Status   jsontext.Value   `json:"status"`
		Children []map[string]any `json:"children"`
	}
	text, err := json.Marshal(answer.Decision.Respond(nil), json.Deterministic(true))
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &said); err != nil {
		return nil, err
	}
	var asked struct {
		Controller jsontext.Value                       `json:"controller,omitzero"`
		Finalizing bool                                 `json:"finalizing"`
		Parent     map[string]any                       `json:"parent"`
		Children   map[string]map[string]map[string]any `json:"children"`
		Related    jsontext.Value                       `json:"related"`
	}
	if err := json.Unmarshal(c.Request, &asked); err != nil {
		return nil, err
	}
	asked.Parent["status"] = said.Status
	children := make(map[string]map[string]map[string]any)
	for _, child := range said.Children {
		kind, key := mapKeys(child)
		if children[kind] == nil {
			children[kind] = make(map[string]map[string]any)
		}
		children[kind][key] = observed(asked.Children[kind][key], child)
	}
	asked.Children = children
	request, err := json.Marshal(asked, json.Deterministic(true))
	if err != nil {
		return nil, err
	}
	return &Case{Why: c.Why, Hook: c.Hook, Request: request, Facts: c.Facts}, nil
}

// mapKeys are the keys of Metacontroller's object maps for an object: Kind.version or Kind.group/version, and
// namespace/name.
func mapKeys(object map[string]any) (kind, key string) {
	metadata, _ := object["metadata"].(map[string]any)
	return fmt.Sprintf("%v.%v", object["kind"], object["apiVersion"]),
		fmt.Sprintf("%v/%v", metadata["namespace"], metadata["name"])
}

// observed is a child as it would be seen next: what was there, with what was answered laid over it, as OnDelete and
// InPlace make no difference for what decisions look at.
func observed(before, said map[string]any) map[string]any {
	if before == nil || said["kind"] != "Pod" {
		merged := maps.Clone(before)
		if merged == nil {
			merged = make(map[string]any)
		}
		maps.Copy(merged, said)
		return merged
	}
	return before
}
