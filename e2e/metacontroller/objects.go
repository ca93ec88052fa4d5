package metacontroller

import (
	"cmp"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kompositor/kompositor/e2e/kube"
)

// objectMap groups objects by kind and keys them by namespace/name, or by name if they have no namespace.
type objectMap map[schema.GroupVersionKind]map[string]*kube.Object

func (m objectMap) addKind(kind schema.GroupVersionKind) {
	if m[kind] == nil {
		m[kind] = map[string]*kube.Object{}
	}
}

// add puts an object in; of two with the same kind and name the later one stays.
func (m objectMap) add(object *kube.Object) {
	kind := object.GroupVersionKind()
	m.addKind(kind)
	m[kind][qualifiedName(object)] = object
}

// kinds are sorted by group, version and kind: the order in which Metacontroller deletes and writes.
func (m objectMap) kinds() []schema.GroupVersionKind {
	return slices.SortedFunc(maps.Keys(m), func(a, b schema.GroupVersionKind) int {
		return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Version, b.Version), cmp.Compare(a.Kind, b.Kind))
	})
}

// each visits the objects in the order of kinds, then of names.
func (m objectMap) each(visit func(kind schema.GroupVersionKind, name string, object *kube.Object)) {
	for _, kind := range m.kinds() {
		for _, name := range slices.Sorted(maps.Keys(m[kind])) {
			visit(kind, name, m[kind][name])
		}
	}
}

// wire is the map as a hook gets it: {"Pod.v1": {"namespace/name": object}}. A v1 hook knows objects by their name
// relative to the parent, so a namespaced parent does not see those outside its namespace.
func (m objectMap) wire(version hookVersion, parent *kube.Object) map[string]map[string]*kube.Object {
	wire := make(map[string]map[string]*kube.Object, len(m))
	for kind, objects := range m {
		group := make(map[string]*kube.Object, len(objects))
		for name, object := range objects {
			if version == v1 && parent.GetNamespace() != "" {
				if object.GetNamespace() != parent.GetNamespace() {
					continue
				}
				name = object.GetName()
			}
			group[name] = object
		}
		wire[kindKey(kind)] = group
	}
	return wire
}

func kindKey(kind schema.GroupVersionKind) string {
	return kind.Kind + "." + kind.GroupVersion().String()
}

func qualifiedName(object *kube.Object) string {
	if object.GetNamespace() == "" {
		return object.GetName()
	}
	return object.GetNamespace() + "/" + object.GetName()
}

// syncRequest is what sync and finalize hooks get.
type syncRequest struct {
	Controller *kube.Object                       `json:"controller"`
	Parent     *kube.Object                       `json:"parent"`
	Children   map[string]map[string]*kube.Object `json:"children"`
	Related    map[string]map[string]*kube.Object `json:"related"`
	Finalizing bool                               `json:"finalizing"`
}

// Response is what sync and finalize hooks answer.
type Response struct {
	Status             map[string]any `json:"status"`
	Children           []*kube.Object `json:"children"`
	ResyncAfterSeconds float64        `json:"resyncAfterSeconds"`
	Finalized          bool           `json:"finalized"`
}

type customizeRequest struct {
	Controller *kube.Object `json:"controller"`
	Parent     *kube.Object `json:"parent"`
}

type customizeResponse struct {
	RelatedResources []relatedRule `json:"relatedResources"`
}
