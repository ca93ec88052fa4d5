package managed

import (
	"fmt"

	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
	"sigs.k8s.io/structured-merge-diff/v6/merge"
	"sigs.k8s.io/structured-merge-diff/v6/typed"
)

// Schema says how objects are merged. It is made once and shared.
type Schema struct {
	types   *types
	updater *merge.Updater
}

// NewSchema reads the schema of the kinds that Kompositor makes.
func NewSchema() *Schema {
	builder := merge.UpdaterBuilder{Converter: oneVersion{}, ReturnInputOnNoop: true}
	return &Schema{types: newTypes(), updater: builder.BuildUpdater()}
}

// Knows says that objects of a kind, such as Pod.v1, can be applied.
func (s *Schema) Knows(kind string) bool { return s.types.known[kind] }

// Type is the type of a kind.
func (s *Schema) Type(kind string) typed.ParseableType {
	return typed.ParseableType{Schema: &s.types.schema, TypeRef: ref(kind)}
}

// Fields are who manages which field of one object. They are never changed: every function returns new ones. The zero
// Fields are those of an object that nobody has written yet.
type Fields struct{ managers fieldpath.ManagedFields }

// Of lists the fields that a manager manages by what it applied, or else by what it wrote, sorted.
func (f Fields) Of(manager string, applied bool) []string {
	set, ok := f.managers[named(manager, applied)]
	if !ok {
		return nil
	}
	var paths []string
	set.Set().Iterate(func(path fieldpath.Path) { paths = append(paths, path.String()) })
	return paths
}

// Object is an object and who manages which field of it.
type Object struct {
	Kind string
	// Live is the object as it is there, nil when it is not.
	Live   map[string]any
	Fields Fields
}

// Updated are the fields after a manager has replaced the object by another. What it changed is its own from now on,
// and nobody else's.
func (s *Schema) Updated(o Object, updated map[string]any, manager string) (Fields, error) {
	from, to, err := s.both(o, updated)
	if err != nil {
		return o.Fields, err
	}
	_, managers, err := s.updater.Update(from, to, version, o.Fields.copied(), named(manager, false))
	if err != nil {
		return o.Fields, fmt.Errorf("who manages what: %w", err)
	}
	return Fields{stripped(managers)}, nil
}

// Applied is what becomes of the object when a manager applies its part of it: what it applied before and does not any
// more goes, unless somebody else manages it too. Where another manager has given a field another value, that is a
// conflict, and an error unless it is forced. The result may share parts with what is live and with config.
func (s *Schema) Applied(o Object, config map[string]any, as Applier) (map[string]any, Fields, error) {
	from, to, err := s.both(o, config)
	if err != nil {
		return nil, o.Fields, err
	}
	result, managers, err := s.updater.Apply(from, to, version, o.Fields.copied(), named(as.Manager, true), as.Force)
	if err != nil {
		return nil, o.Fields, err
	}
	merged, _ := result.AsValue().Unstructured().(map[string]any)
	return merged, Fields{stripped(managers)}, nil
}

// Applier is who applies.
type Applier struct {
	Manager string
	// Force takes over the fields that another manager has given another value.
	Force bool
}

// both reads the object and another one of its kind. A live one may have what no other may: two items with one key.
func (s *Schema) both(o Object, other map[string]any) (from, to *typed.TypedValue, err error) {
	live := o.Live
	if live == nil {
		live = map[string]any{}
	}
	if from, err = s.Type(o.Kind).FromUnstructured(live, typed.AllowDuplicates); err != nil {
		return nil, nil, fmt.Errorf("the object does not fit the schema: %w", err)
	}
	if to, err = s.Type(o.Kind).FromUnstructured(other); err != nil {
		return nil, nil, fmt.Errorf("what is applied does not fit the schema: %w", err)
	}
	return from, to, nil
}

// named tells what a manager applied from what it wrote otherwise: Kubernetes keeps the two apart.
func named(manager string, applied bool) string {
	if applied {
		return manager + " applies"
	}
	return manager + " updates"
}

func (f Fields) copied() fieldpath.ManagedFields {
	if f.managers == nil {
		return fieldpath.ManagedFields{}
	}
	return f.managers.Copy()
}

// stripped takes away what no manager can have: what the server alone writes, and the status. Source: apimachinery,
// util/managedfields/internal/stripmeta.go.
func stripped(managers fieldpath.ManagedFields) fieldpath.ManagedFields {
	own := serverOwn()
	for name, set := range managers {
		left := set.Set().RecursiveDifference(own).Difference(fieldpath.NewSet(fieldpath.MakePathOrDie("metadata")))
		if left.Empty() {
			delete(managers, name)
			continue
		}
		managers[name] = fieldpath.NewVersionedSet(left, version, set.Applied())
	}
	return managers
}

func serverOwn() *fieldpath.Set {
	own := fieldpath.NewSet(
		fieldpath.MakePathOrDie("apiVersion"), fieldpath.MakePathOrDie("kind"), fieldpath.MakePathOrDie("status"),
	)
	for _, field := range []string{
		"name", "namespace", "creationTimestamp", "selfLink", "uid", "generation", "resourceVersion", "managedFields",
		"deletionTimestamp", "deletionGracePeriodSeconds",
	} {
		own.Insert(fieldpath.MakePathOrDie("metadata", field))
	}
	return own
}

// version stands for the only version that this world has of any kind.
const version = "v"

// oneVersion converts between the versions of a world that has one.
type oneVersion struct{}

func (oneVersion) Convert(object *typed.TypedValue, _ fieldpath.APIVersion) (*typed.TypedValue, error) {
	return object, nil
}

func (oneVersion) IsMissingVersionError(error) bool { return false }
