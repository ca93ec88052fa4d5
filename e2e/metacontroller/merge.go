package metacontroller

import (
	"encoding/json"
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/kompositor/kompositor/e2e/kube"
)

// lastAppliedAnnotation keeps what the hook asked for last, so that a field it no longer asks for can be removed.
const lastAppliedAnnotation = "metacontroller.k8s.io/last-applied-configuration"

// systemMetadata are the fields of metadata that only the API server writes.
func systemMetadata() []string {
	return []string{
		"selfLink", "uid", "resourceVersion", "generation", "creationTimestamp",
		"deletionTimestamp", "deletionGracePeriodSeconds", "managedFields",
	}
}

// mergeKeys make a list of objects behave like a map, if every item of all lists concerned has the same one of them;
// the first that fits counts.
func mergeKeys() []string {
	return []string{"containerPort", "port", "mountPath", "name", "uid", "ip", "path"}
}

// dynamicUpdate is the object to write so that observed becomes what the hook wants: a three-way merge which leaves
// status and system metadata alone, with the new last-applied configuration. It equals observed exactly if there is
// nothing to do. It removes a last-applied annotation that the hook itself put into desired.
func dynamicUpdate(observed, desired *kube.Object) (*kube.Object, error) {
	last, err := lastApplied(observed)
	if err != nil {
		return nil, err
	}
	dropLastApplied(desired)
	merged := &kube.Object{Object: runtime.DeepCopyJSON(observed.Object)}
	mergeMap(merged.Object, last, runtime.DeepCopyJSON(desired.Object))
	for _, field := range systemMetadata() {
		if err := revert(merged, observed, "metadata", field); err != nil {
			return nil, err
		}
	}
	if err := revert(merged, observed, "status"); err != nil {
		return nil, err
	}
	return merged, setLastApplied(merged, desired)
}

func revert(merged, observed *kube.Object, field ...string) error {
	value, found, err := unstructured.NestedFieldCopy(observed.Object, field...)
	if err != nil {
		return err
	}
	if !found {
		unstructured.RemoveNestedField(merged.Object, field...)
		return nil
	}
	return unstructured.SetNestedField(merged.Object, value, field...)
}

func lastApplied(observed *kube.Object) (map[string]any, error) {
	encoded := observed.GetAnnotations()[lastAppliedAnnotation]
	if encoded == "" {
		return nil, nil
	}
	last := &kube.Object{}
	if err := last.UnmarshalJSON([]byte(encoded)); err != nil {
		return nil, fmt.Errorf("annotation %s: %w", lastAppliedAnnotation, err)
	}
	return last.Object, nil
}

func setLastApplied(object, applied *kube.Object) error {
	encoded, err := json.Marshal(applied.Object)
	if err != nil {
		return err
	}
	annotations := object.GetAnnotations()
	if annotations == nil {
		annotations = map[string]string{}
	}
	annotations[lastAppliedAnnotation] = string(encoded)
	object.SetAnnotations(annotations)
	return nil
}

func dropLastApplied(object *kube.Object) {
	annotations := object.GetAnnotations()
	if _, found := annotations[lastAppliedAnnotation]; found {
		delete(annotations, lastAppliedAnnotation)
		object.SetAnnotations(annotations)
	}
}

// mergeValue is the new value of a field that the hook wants. Only maps and lists merge; and where last or desired is
// of another type than the live value, it counts as empty.
func mergeValue(live, last, desired any) any {
	switch live := live.(type) {
	case map[string]any:
		lastMap, _ := last.(map[string]any)
		desiredMap, _ := desired.(map[string]any)
		mergeMap(live, lastMap, desiredMap)
		return live
	case []any:
		lastList, _ := last.([]any)
		desiredList, _ := desired.([]any)
		return mergeList(live, lastList, desiredList)
	default:
		return desired
	}
}

// mergeMap changes live: keys that the hook no longer wants go, with all that others put below them; keys that it
// wants are merged; all others stay.
func mergeMap(live, last, desired map[string]any) {
	for key := range last {
		if _, wanted := desired[key]; !wanted {
			delete(live, key)
		}
	}
	for key, value := range desired {
		live[key] = mergeValue(live[key], last[key], value)
	}
}

// mergeList replaces a list by the desired one, unless all its items share a merge key: then it merges like a map,
// live items keep their order and new ones follow.
func mergeList(live, last, desired []any) any {
	key := mergeKey(live, last, desired)
	if key == "" {
		return desired
	}
	merged := byKey(key, live)
	mergeMap(merged, byKey(key, last), byKey(key, desired))
	list := make([]any, 0, len(merged))
	added := map[string]bool{}
	for _, item := range live {
		name := itemKey(key, item)
		if value, kept := merged[name]; kept {
			list = append(list, value) // twice, where two live items share a key: Metacontroller does so too
			added[name] = true
		}
	}
	for _, item := range desired {
		if name := itemKey(key, item); !added[name] {
			list = append(list, merged[name])
			added[name] = true
		}
	}
	return list
}

func mergeKey(lists ...[]any) string {
	items := slices.Concat(lists...)
	if len(items) == 0 {
		return ""
	}
	for _, key := range mergeKeys() {
		if !slices.ContainsFunc(items, func(item any) bool { return !hasKey(item, key) }) {
			return key
		}
	}
	return ""
}

func hasKey(item any, key string) bool {
	object, isObject := item.(map[string]any)
	_, has := object[key]
	return isObject && has
}

func byKey(key string, list []any) map[string]any {
	items := make(map[string]any, len(list))
	for _, item := range list {
		items[itemKey(key, item)] = item
	}
	return items
}

func itemKey(key string, item any) string {
	object, _ := item.(map[string]any)
	return fmt.Sprint(object[key])
}
