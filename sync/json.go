package sync

import (
	"github.com/go-json-experiment/json"
	jsonv1 "github.com/go-json-experiment/json/v1"
)

// Encoding is how everything is written that leaves this room: object members in a fixed order, and Kubernetes' own
// reading of omitempty (false and 0 are left out), which its types were written for.
func Encoding() json.Options {
	return json.JoinOptions(json.Deterministic(true), jsonv1.OmitEmptyWithLegacySemantics(true))
}
