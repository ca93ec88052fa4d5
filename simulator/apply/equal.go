package apply

import "reflect"

// Equal says that two JSON values are the same, as reflect.DeepEqual does and several times faster: comparing what has
// not changed is much of what a simulated world does.
func Equal(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		b, is := b.(map[string]any)
		return is && equalObjects(a, b)
	case []any:
		b, is := b.([]any)
		return is && equalLists(a, b)
	case string:
		b, is := b.(string)
		return is && a == b
	case int64:
		b, is := b.(int64)
		return is && a == b
	case bool:
		b, is := b.(bool)
		return is && a == b
	case nil:
		return b == nil
	default:
		return reflect.DeepEqual(a, b)
	}
}

func equalObjects(a, b map[string]any) bool {
	if len(a) != len(b) || (a == nil) != (b == nil) {
		return false
	}
	if reflect.ValueOf(a).UnsafePointer() == reflect.ValueOf(b).UnsafePointer() {
		return true
	}
	for key, value := range a {
		if other, has := b[key]; !has || !Equal(value, other) {
			return false
		}
	}
	return true
}

func equalLists(a, b []any) bool {
	if len(a) != len(b) || (a == nil) != (b == nil) {
		return false
	}
	if len(a) > 0 && &a[0] == &b[0] {
		return true
	}
	for i := range a {
		if !Equal(a[i], b[i]) {
			return false
		}
	}
	return true
}
