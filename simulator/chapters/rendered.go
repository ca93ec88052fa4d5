package chapters

import (
	"slices"

	"github.com/kompositor/kompositor/simulator"
	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/apply"
)

// lastApplied is what a hook once returned for a child.
func lastApplied(child apiserver.Object) apiserver.Object {
	object, err := apply.Decode([]byte(apiserver.String(child, "metadata", "annotations", apply.LastApplied)))
	if err != nil {
		return nil
	}
	return object
}

// Rendered returns the children as they were last sent in full, sorted by kind and name: what an observed Pod or claim
// once was made of, and the latest answer for everything else.
func Rendered(w *simulator.World) []apiserver.Object {
	rendered := map[string]apiserver.Object{}
	for _, write := range w.Server.Writes() {
		if write.Actor != "metacontroller" || write.Verb != apiserver.Created || write.Err != nil {
			continue
		}
		if original := lastApplied(write.New); original != nil {
			rendered[write.Key.String()] = original
		}
	}
	if last := w.LastCall(); last != nil && last.Answer != nil {
		for _, child := range last.Answer.Children {
			if key := apiserver.KeyOf(child); key.Kind != "Pod.v1" && key.Kind != "PersistentVolumeClaim.v1" {
				rendered[key.String()] = apiserver.Copy(child)
			}
		}
	}
	keys := make([]string, 0, len(rendered))
	for key := range rendered {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	result := make([]apiserver.Object, 0, len(keys))
	for _, key := range keys {
		delete(apiserver.Map(rendered[key], "metadata", "labels"), "controller-uid") // Metacontroller's, not ours
		result = append(result, rendered[key])
	}
	return result
}
