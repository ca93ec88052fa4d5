package simulator

import (
	"errors"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/edits"
	"github.com/kompositor/kompositor/simulator/kubelet"
)

// offlineClass is the storage class whose volumes grow only while no Pod uses them. A script makes it with its first
// disk of that class.
const offlineClass = "offline"

// changeDisks adds a disk to a broker config group or to one broker, as its last one, or removes one.
func (w *World) changeDisks(add bool, arguments map[string]string) error {
	if class := arguments["class"]; class == offlineClass {
		if _, exists := w.Server.Get(apiserver.Key{Kind: classKind, Name: class}); !exists {
			w.Nodes.AddClass(class, kubelet.Offline, true, true)
		}
	}
	disk := edits.Disk{
		Group: arguments["group"], Broker: arguments["broker"], Path: arguments["path"],
		Size: arguments["size"], Class: arguments["class"],
	}
	change := disk.Remove
	if add {
		change = disk.Add
	}
	var unlisted error
	err := w.Edit(w.parentKey(), func(parent apiserver.Object) { unlisted = change(parent) })
	return errors.Join(unlisted, err)
}
