package apiserver

import (
	"slices"
	"strings"

	"github.com/kompositor/kompositor/simulator/apply"
)

// Object is a Kubernetes object as JSON: whole numbers are int64.
type Object = map[string]any

// Key identifies an object. Kind is Metacontroller's spelling of group, version and kind: Pod.v1,
// PodDisruptionBudget.policy/v1.
type Key struct {
	Kind      string
	Namespace string
	Name      string
}

// String is Kind/name without the version, for people.
func (k Key) String() string {
	kind, _, _ := strings.Cut(k.Kind, ".")
	return kind + "/" + k.Name
}

// NamespacedName is namespace/name, or name for an object without a namespace.
func (k Key) NamespacedName() string {
	if k.Namespace == "" {
		return k.Name
	}
	return k.Namespace + "/" + k.Name
}

// KeyOf returns an object's key.
func KeyOf(o Object) Key {
	return Key{
		Kind:      GVK(String(o, "apiVersion"), String(o, "kind")),
		Namespace: String(o, "metadata", "namespace"),
		Name:      String(o, "metadata", "name"),
	}
}

// GVK is Metacontroller's spelling of an apiVersion and kind.
func GVK(apiVersion, kind string) string { return kind + "." + apiVersion }

// Copy returns a deep copy that may be changed.
func Copy(o Object) Object { return apply.CopyObject(o) }

// Map returns the object at a path, or nil.
func Map(o Object, path ...string) Object {
	for _, key := range path {
		o, _ = o[key].(map[string]any)
	}
	return o
}

// value returns what stands at a path.
func value(o Object, path []string) any {
	if len(path) == 0 {
		return o
	}
	return Map(o, path[:len(path)-1]...)[path[len(path)-1]]
}

// String returns the string at a path, or "".
func String(o Object, path ...string) string {
	text, _ := value(o, path).(string)
	return text
}

// Int returns the whole number at a path, or 0.
func Int(o Object, path ...string) int64 {
	number, _ := value(o, path).(int64)
	return number
}

// Bool returns the truth at a path, or false.
func Bool(o Object, path ...string) bool {
	truth, _ := value(o, path).(bool)
	return truth
}

// List returns the objects of the list at a path; items that are no objects are left out.
func List(o Object, path ...string) []Object {
	items, _ := value(o, path).([]any)
	result := make([]Object, 0, len(items))
	for _, item := range items {
		if object, ok := item.(map[string]any); ok {
			result = append(result, object)
		}
	}
	return result
}

// Strings returns the strings of the list at a path.
func Strings(o Object, path ...string) []string {
	items, _ := value(o, path).([]any)
	result := make([]string, 0, len(items))
	for _, item := range items {
		if text, ok := item.(string); ok {
			result = append(result, text)
		}
	}
	return result
}

// Set puts a value at a path and makes the objects on the way.
func Set(o Object, to any, path ...string) {
	for _, key := range path[:len(path)-1] {
		next, ok := o[key].(map[string]any)
		if !ok {
			next = Object{}
			o[key] = next
		}
		o = next
	}
	o[path[len(path)-1]] = to
}

// Name returns an object's name.
func Name(o Object) string { return String(o, "metadata", "name") }

// Namespace returns an object's namespace, "" when it has none.
func Namespace(o Object) string { return String(o, "metadata", "namespace") }

// UID returns an object's uid.
func UID(o Object) string { return String(o, "metadata", "uid") }

// Label returns one of an object's labels.
func Label(o Object, name string) string { return String(o, "metadata", "labels", name) }

// Terminating says that the object's deletion has begun.
func Terminating(o Object) bool { return String(o, "metadata", "deletionTimestamp") != "" }

// ControllerUID returns the uid of the object's controller, or "".
func ControllerUID(o Object) string {
	for _, owner := range List(o, "metadata", "ownerReferences") {
		if Bool(owner, "controller") {
			return String(owner, "uid")
		}
	}
	return ""
}

// SetFinalizer adds or removes a finalizer and says whether that changed anything.
func SetFinalizer(o Object, finalizer string, present bool) bool {
	var kept []any
	found := false
	for _, name := range Strings(o, "metadata", "finalizers") {
		if name == finalizer {
			found = true
			if !present {
				continue
			}
		}
		kept = append(kept, name)
	}
	if found == present {
		return false
	}
	if present {
		kept = append(kept, finalizer)
	}
	if len(kept) == 0 {
		delete(Map(o, "metadata"), "finalizers")
		return true
	}
	Set(o, kept, "metadata", "finalizers")
	return true
}

// HasFinalizer says whether an object has a finalizer.
func HasFinalizer(o Object, finalizer string) bool {
	return slices.Contains(Strings(o, "metadata", "finalizers"), finalizer)
}
