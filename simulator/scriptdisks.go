package simulator

import (
	"cmp"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/kubelet"
)

// offlineClass is the storage class whose volumes grow only while no Pod uses them. A script makes it with its first
// disk of that class.
const offlineClass = "offline"

// changeDisks adds a disk to a broker config group, as its last one, or removes one.
func (w *World) changeDisks(add bool, arguments map[string]string) error {
	if class := arguments["class"]; class == offlineClass {
		if _, exists := w.Server.Get(apiserver.Key{Kind: classKind, Name: class}); !exists {
			w.Nodes.AddClass(class, kubelet.Offline, true, true)
		}
	}
	return w.Edit(w.parentKey(), func(parent apiserver.Object) {
		path := []string{"spec", "brokerConfigGroups", arguments["group"], "storageConfigs"}
		var kept []any
		for _, storage := range apiserver.List(parent, path...) {
			if apiserver.String(storage, "mountPath") != arguments["path"] {
				kept = append(kept, storage)
			}
		}
		if add {
			claim := apiserver.Object{
				"accessModes": []any{"ReadWriteOnce"},
				"resources":   apiserver.Object{"requests": apiserver.Object{"storage": cmp.Or(arguments["size"], "10Gi")}},
			}
			if class := arguments["class"]; class != "" {
				claim["storageClassName"] = class
			}
			kept = append(kept, apiserver.Object{"mountPath": arguments["path"], "pvcSpec": claim})
		}
		apiserver.Set(parent, kept, path...)
	})
}
