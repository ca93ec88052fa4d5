package seeds

import (
	"net/http"
	"strings"

	"github.com/kompositor/kompositor/simulator"
	"github.com/kompositor/kompositor/simulator/admission"
	"github.com/kompositor/kompositor/simulator/apiserver"
)

// Edit is what a user did to a custom resource, and what the shipped CRDs say to it.
type Edit struct {
	Seed uint64 `json:"seed"`
	// Old is the object before, nil for none; New the one that was asked for.
	Old apiserver.Object `json:"old"`
	New apiserver.Object `json:"new"`
	// Refused is why, empty when it is accepted.
	Refused string `json:"refused"`
}

// userEdits are all edits of a world, a deletion being none. In a world that is not guarded an object may have mistakes
// before; that one could not be there in a guarded one, so it is left out.
func userEdits(w *simulator.World) []Edit {
	var all []Edit
	for _, write := range w.Server.Writes() {
		ours := strings.Contains(write.Key.Kind, ".kafka.banzaicloud.io/")
		if write.Actor != "user" || !ours || write.Verb != apiserver.Created && write.Verb != apiserver.Updated {
			continue
		}
		edit := Edit{Seed: w.Seed, Old: write.Old, New: write.New}
		switch {
		case write.Err == nil && w.Unguarded:
			edit.Refused = says(write.Key.Kind, write.Old, write.New)
		case write.Err == nil:
		case write.Asked == nil || apiserver.Code(write.Err) != http.StatusUnprocessableEntity:
			continue // the object was gone, or another one by then
		default:
			edit.New, edit.Refused = write.Asked, write.Err.Error()
		}
		if !w.Unguarded || write.Old == nil || says(write.Key.Kind, nil, write.Old) == "" {
			all = append(all, edit)
		}
	}
	return all
}

// says is what the shipped CRDs say to an object.
func says(kind string, old, o apiserver.Object) string {
	schemas, o := admission.Shipped(), apiserver.Copy(o)
	schemas.Complete(kind, o)
	return schemas.Admit(kind, old, o)
}
