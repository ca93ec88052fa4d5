package fingerprint

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/kompositor/kompositor/sync"
)

// Part is a part of a request, which was decoded from JSON.
type Part struct {
	Name  string
	Value any
}

// Of writes the fingerprints of the parts in their order, such as "config=1f2e3d4c5b6a,image=...".
func Of(parts ...Part) string {
	text := make([]string, 0, len(parts))
	for _, part := range parts {
		canonical, err := json.Marshal(part.Value, sync.Encoding())
		if err != nil {
			// What was decoded from JSON can be encoded: this is a bug, which server turns into HTTP 500.
			panic(fmt.Sprintf("fingerprint of the %s that is asked for: %v", part.Name, err))
		}
		sum := sha256.Sum256(canonical)
		text = append(text, part.Name+"="+hex.EncodeToString(sum[:6]))
	}
	return strings.Join(text, ",")
}

// Changed names the parts in which two fingerprints differ.
func Changed(was, is string) []string {
	if was == is {
		return nil
	}
	before := strings.Split(was, ",")
	var parts []string
	for part := range strings.SplitSeq(is, ",") {
		if !slices.Contains(before, part) {
			name, _, _ := strings.Cut(part, "=")
			parts = append(parts, name)
		}
	}
	return parts
}
