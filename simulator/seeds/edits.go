package seeds

import (
	"net/http"
	"strings"

	"github.com/kompositor/kompositor/simulator"
	"github.com/kompositor/kompositor/simulator/apiserver"
)

// Edit is what a user did to a custom resource, and what the world's API server said to it.
type Edit struct {
	Seed uint64 `json:"seed"`
	// Old is the object before, nil for none; New the one that was asked for.
	Old apiserver.Object `json:"old"`
	New apiserver.Object `json:"new"`
	// Refused is why, empty when it was accepted.
	Refused string `json:"refused"`
}

// userEdits are all edits of a world whose CRDs guard it, a deletion being none.
func userEdits(w *simulator.World) []Edit {
	var all []Edit
	if w.Unguarded {
		return nil
	}
	for _, write := range w.Server.Writes() {
		ours := strings.Contains(write.Key.Kind, ".kafka.banzaicloud.io/")
		if write.Actor != "user" || !ours || write.Verb != apiserver.Created && write.Verb != apiserver.Updated {
			continue
		}
		edit := Edit{Seed: w.Seed, Old: write.Old, New: write.New}
		switch {
		case write.Err == nil:
		case write.Asked == nil || apiserver.Code(write.Err) != http.StatusUnprocessableEntity:
			continue // the object was gone, or another one by then
		default:
			edit.New, edit.Refused = write.Asked, write.Err.Error()
		}
		all = append(all, edit)
	}
	return all
}
