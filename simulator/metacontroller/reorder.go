package metacontroller

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Reordered is the same request with the object maps of children and related objects in the opposite order: a map has
// none, so the answer must be the same.
func Reordered(body []byte) ([]byte, error) {
	var request map[string]json.RawMessage
	if err := json.Unmarshal(body, &request); err != nil {
		return nil, fmt.Errorf("reorder a request: %w", err)
	}
	for _, part := range []string{"children", "related"} {
		if request[part] == nil {
			continue
		}
		var kinds map[string]json.RawMessage
		if err := json.Unmarshal(request[part], &kinds); err != nil {
			return nil, fmt.Errorf("reorder %s: %w", part, err)
		}
		for kind := range kinds {
			var objects map[string]json.RawMessage
			if err := json.Unmarshal(kinds[kind], &objects); err != nil {
				return nil, fmt.Errorf("reorder %s: %w", kind, err)
			}
			kinds[kind] = backwards(objects)
		}
		request[part] = backwards(kinds)
	}
	return backwards(request), nil
}

// backwards writes a JSON object, its members from the last name to the first.
func backwards(members map[string]json.RawMessage) json.RawMessage {
	names := slices.Sorted(maps.Keys(members))
	slices.Reverse(names)
	var b bytes.Buffer
	b.WriteByte('{')
	for i, name := range names {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%q:", name)
		b.Write(members[name])
	}
	b.WriteByte('}')
	return b.Bytes()
}
