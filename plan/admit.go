package plan

import (
	"strings"

	"github.com/kompositor/kompositor/simulator/admission"
	"github.com/kompositor/kompositor/simulator/apiserver"
)

// notAdmitted is what an API server with the CustomResourceDefinitions of this release refuses of the edit, as a whole
// and before any hook hears of it; misspelt fields are among it, as kubectl has them refused. The world of a plan lets
// everything in, for a cluster may have older definitions, and what the hook says of a mistake tells more.
func notAdmitted(f *found, changed apiserver.Object) []Matter {
	if changed == nil {
		return nil
	}
	schemas, asked := admission.Shipped(), apiserver.Copy(changed)
	schemas.Complete(clusterKind, asked)
	why := schemas.Admit(clusterKind, f.cluster, asked)
	if why == "" {
		return nil
	}
	return []Matter{{
		About: "kubectl apply",
		Why: "The API server refuses the edit, and nothing of this plan happens, where the CustomResourceDefinitions are " +
			"this release's: " + strings.TrimSuffix(why, ".") + ".",
	}}
}
