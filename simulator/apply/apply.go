package apply

import (
	"encoding/json"
	"fmt"
	"maps"

	kjson "sigs.k8s.io/json"
)

// LastApplied is the annotation in which Metacontroller keeps what a hook last returned for a child.
const LastApplied = "metacontroller.k8s.io/last-applied-configuration"

// systemFields of metadata are never changed by a hook, whatever it returns.
//
//nolint:gochecknoglobals // a constant list; Go has no constant slices
var systemFields = []string{
	"selfLink", "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp",
	"deletionGracePeriodSeconds", "managedFields",
}

// Decode reads a JSON object the way Kubernetes does: whole numbers become int64, others float64.
func Decode(text []byte) (map[string]any, error) {
	var object map[string]any
	if err := kjson.UnmarshalCaseSensitivePreserveInts(text, &object); err != nil {
		return nil, err
	}
	return object, nil
}

// Copy returns a deep copy of a JSON value.
func Copy(value any) any {
	switch value := value.(type) {
	case map[string]any:
		return CopyObject(value)
	case []any:
		list := make([]any, len(value))
		for i := range value {
			list[i] = Copy(value[i])
		}
		return list
	default:
		return value
	}
}

// CopyObject returns a deep copy of a JSON object; nil stays nil.
func CopyObject(object map[string]any) map[string]any {
	if object == nil {
		return nil
	}
	result := make(map[string]any, len(object))
	for key, value := range object {
		result[key] = Copy(value)
	}
	return result
}

// Created returns what Metacontroller sends to create a child: desired, with desired itself in the annotation.
func Created(desired map[string]any) (map[string]any, error) {
	object := CopyObject(desired)
	return object, annotate(object, desired)
}

// Applicable is a copy of desired without what a server-side apply must not have: the system's metadata, a status, and
// the annotation of dynamic apply.
func Applicable(desired map[string]any) map[string]any {
	object := CopyObject(desired)
	delete(object, "status")
	for _, field := range systemFields {
		delete(nested(object, "metadata"), field)
	}
	delete(nested(object, "metadata", "annotations"), LastApplied)
	return object
}

// Updated returns what an observed child becomes when the hook returns desired, and whether that is a change. It
// alters neither of them. The annotation is part of the comparison, so a desired object that is merely written
// differently is a change too.
func Updated(observed, desired map[string]any) (updated map[string]any, changed bool, err error) {
	desired = CopyObject(desired)
	if annotations := nested(desired, "metadata", "annotations"); annotations != nil {
		delete(annotations, LastApplied)
	}
	var last map[string]any
	if text, _ := nested(observed, "metadata", "annotations")[LastApplied].(string); text != "" {
		if last, err = Decode([]byte(text)); err != nil {
			return nil, false, fmt.Errorf("read annotation %s: %w", LastApplied, err)
		}
	}
	updated, err = Merge(observed, last, desired)
	if err != nil {
		return nil, false, err
	}
	restore(updated, observed, "status")
	updatedMeta, observedMeta := nested(updated, "metadata"), nested(observed, "metadata")
	for _, field := range systemFields {
		restore(updatedMeta, observedMeta, field)
	}
	if err := annotate(updated, desired); err != nil {
		return nil, false, err
	}
	return updated, !Equal(updated, observed), nil
}

// Merge returns observed with the difference between last and desired applied to it.
func Merge(observed, last, desired map[string]any) (map[string]any, error) {
	return mergeObject("", CopyObject(observed), last, desired)
}

// restore makes a field of an object what it is in original.
func restore(object, original map[string]any, field string) {
	if value, ok := original[field]; ok {
		object[field] = Copy(value)
		return
	}
	delete(object, field)
}

// annotate keeps desired in object's annotation.
func annotate(object, desired map[string]any) error {
	text, err := json.Marshal(desired)
	if err != nil {
		return fmt.Errorf("encode the desired object: %w", err)
	}
	metadata, _ := object["metadata"].(map[string]any)
	if metadata == nil {
		metadata = map[string]any{}
		object["metadata"] = metadata
	}
	annotations, _ := metadata["annotations"].(map[string]any)
	if annotations == nil {
		annotations = map[string]any{}
	}
	annotations = maps.Clone(annotations)
	annotations[LastApplied] = string(text)
	metadata["annotations"] = annotations
	return nil
}

// nested returns the object at a path, or nil.
func nested(object map[string]any, path ...string) map[string]any {
	for _, key := range path {
		object, _ = object[key].(map[string]any)
	}
	return object
}
