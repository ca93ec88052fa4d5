package parent

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// expected says what a value must be that does not fit its type, in the words of Kubernetes' schemas. The value itself
// is not repeated: it may be a secret in the wrong place.
func expected(wrong *json.SemanticError) string {
	is := kindOf(wrong.JSONKind)
	switch wrong.GoType {
	case reflect.TypeFor[resource.Quantity]():
		if is == "a string" || is == "a number" {
			return "a quantity, such as 500m or 10Gi"
		}
		return "a quantity, such as 500m or 10Gi, not " + is
	case reflect.TypeFor[intstr.IntOrString]():
		return "an integer or a string, not " + is
	case nil:
		return "a value of another type, not " + is
	}
	must := wordOf(wrong.GoType)
	switch {
	case errors.Is(wrong.Err, strconv.ErrRange):
		return fmt.Sprintf("%s of %d bits", must, wrong.GoType.Bits())
	case must == "an integer" && is == "a number":
		return must
	}
	return must + ", not " + is
}

// wordOf is the word for the values that a Go type takes.
func wordOf(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return wordOf(t.Elem())
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "a string"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Map, reflect.Struct:
		return "an object"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "an integer"
	default: // a type that no custom resource has
		return "a value of another type"
	}
}

// kindOf is the word for a JSON value.
func kindOf(kind jsontext.Kind) string {
	switch kind {
	case jsontext.KindString:
		return "a string"
	case jsontext.KindNumber:
		return "a number"
	case jsontext.KindBeginObject:
		return "an object"
	case jsontext.KindBeginArray:
		return "a list"
	case jsontext.KindTrue, jsontext.KindFalse:
		return "true or false"
	default: // null fits every type
		return "what it is"
	}
}

// pathOf writes a JSON pointer into a value of that type as Kubernetes writes the path of a field: what stands in a map
// or a list is in brackets.
func pathOf(t reflect.Type, tokens []string) *field.Path {
	path := field.NewPath("spec")
	for _, token := range tokens {
		for t != nil && t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		index, err := strconv.Atoi(token)
		switch {
		case t != nil && t.Kind() == reflect.Map:
			path, t = path.Key(token), t.Elem()
		case t != nil && t.Kind() == reflect.Slice && err == nil:
			path, t = path.Index(index), t.Elem()
		default:
			path, t = path.Child(token), memberOf(t, token)
		}
	}
	return path
}

// memberOf is the type of the field that JSON calls so; nil when there is none.
func memberOf(t reflect.Type, name string) reflect.Type {
	if t == nil || t.Kind() != reflect.Struct {
		return nil
	}
	for _, f := range reflect.VisibleFields(t) {
		if tagged, _, _ := strings.Cut(f.Tag.Get("json"), ","); tagged == name && f.IsExported() {
			return f.Type
		}
	}
	return nil
}
