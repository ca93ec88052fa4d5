package apply

import (
	"fmt"
)

// mergeKeys are the keys by which a list of objects is taken for a map, the first that all items share winning.
//
//nolint:gochecknoglobals // a constant list; Go has no constant slices
var mergeKeys = []string{"containerPort", "port", "mountPath", "name", "uid", "ip", "path"}

// merge decides by the type of what is there now; the other two must have the same type or be absent.
func merge(path string, live, last, desired any) (any, error) {
	switch live := live.(type) {
	case map[string]any:
		lastObject, err := as[map[string]any](path, "last applied", last)
		if err != nil {
			return nil, err
		}
		desiredObject, err := as[map[string]any](path, "desired", desired)
		if err != nil {
			return nil, err
		}
		return mergeObject(path, live, lastObject, desiredObject)
	case []any:
		lastList, err := as[[]any](path, "last applied", last)
		if err != nil {
			return nil, err
		}
		desiredList, err := as[[]any](path, "desired", desired)
		if err != nil {
			return nil, err
		}
		return mergeList(path, live, lastList, desiredList)
	default:
		return Copy(desired), nil
	}
}

// as converts a JSON value to T; null converts to T's zero value.
func as[T any](path, which string, value any) (T, error) {
	typed, ok := value.(T)
	if !ok && value != nil {
		return typed, fmt.Errorf("%s%s is %T where the observed object has %T", which, path, value, typed)
	}
	return typed, nil
}

// mergeObject changes live and returns it.
func mergeObject(path string, live, last, desired map[string]any) (map[string]any, error) {
	for key := range last {
		if _, kept := desired[key]; !kept {
			delete(live, key)
		}
	}
	for key, value := range desired {
		merged, err := merge(path+"."+key, live[key], last[key], value)
		if err != nil {
			return nil, err
		}
		live[key] = merged
	}
	return live, nil
}

// mergeList merges lists of objects that share a merge key by that key; any other list becomes desired.
func mergeList(path string, live, last, desired []any) (any, error) {
	key := mergeKey(live, last, desired)
	if key == "" {
		return Copy(desired), nil
	}
	merged, err := mergeObject(path, byKey(key, live), byKey(key, last), byKey(key, desired))
	if err != nil {
		return nil, err
	}
	result := make([]any, 0, len(merged))
	placed := make(map[string]bool, len(merged))
	for i, item := range append(append([]any(nil), live...), desired...) {
		name := keyOf(key, item)
		value, ok := merged[name]
		if !ok {
			continue
		}
		if i < len(live) || !placed[name] {
			result = append(result, value)
		}
		placed[name] = true
	}
	return result, nil
}

// mergeKey returns the merge key that every item of all lists has, or "" when the lists are not lists of such objects.
func mergeKey(lists ...[]any) string {
	var items []map[string]any
	for _, list := range lists {
		for _, item := range list {
			object, ok := item.(map[string]any)
			if !ok {
				return ""
			}
			items = append(items, object)
		}
	}
	if len(items) == 0 {
		return ""
	}
	for _, key := range mergeKeys {
		shared := true
		for _, item := range items {
			if _, ok := item[key]; !ok {
				shared = false
				break
			}
		}
		if shared {
			return key
		}
	}
	return ""
}

func byKey(key string, list []any) map[string]any {
	result := make(map[string]any, len(list))
	for _, item := range list {
		result[keyOf(key, item)] = item
	}
	return result
}

func keyOf(key string, item any) string {
	object, _ := item.(map[string]any)
	return fmt.Sprint(object[key])
}
