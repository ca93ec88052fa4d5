package managed

import (
	"encoding/json"
	"reflect"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	"sigs.k8s.io/structured-merge-diff/v6/schema"

	"github.com/kompositor/kompositor/api/v1alpha1"
)

// kinds are the kinds that Kompositor makes.
func kinds() map[string]any {
	return map[string]any{
		"Pod.v1":                        corev1.Pod{},
		"PersistentVolumeClaim.v1":      corev1.PersistentVolumeClaim{},
		"ConfigMap.v1":                  corev1.ConfigMap{},
		"Service.v1":                    corev1.Service{},
		"Secret.v1":                     corev1.Secret{},
		"PodDisruptionBudget.policy/v1": policyv1.PodDisruptionBudget{},
		"Deployment.apps/v1":            appsv1.Deployment{},
		"KafkaTopic.kafka.banzaicloud.io/v1alpha1":             v1alpha1.KafkaTopic{},
		"CruiseControlOperation.kafka.banzaicloud.io/v1alpha1": v1alpha1.CruiseControlOperation{},
	}
}

// types reads Go types into a schema.
type types struct {
	schema   schema.Schema
	known    map[string]bool
	keys     map[string][]string
	whole    map[string]bool
	defaults map[string]any
}

// newTypes reads all kinds.
func newTypes() *types {
	t := &types{known: map[string]bool{}, keys: keys(), whole: whole(), defaults: defaults()}
	t.define("any", anything(schema.Separable, "any"))
	t.define("whole", anything(schema.Atomic, "whole"))
	for kind, example := range kinds() {
		t.define(kind, schema.Atom{Map: &schema.Map{Fields: t.fields(reflect.TypeOf(example))}})
	}
	return t
}

func (t *types) define(name string, atom schema.Atom) {
	t.schema.Types = append(t.schema.Types, schema.TypeDef{Name: name, Atom: atom})
	t.known[name] = true
}

// anything is a value of any type, whose objects are merged or replaced.
func anything(objects schema.ElementRelationship, items string) schema.Atom {
	whole, untyped := "whole", schema.Untyped
	return schema.Atom{
		Scalar: &untyped,
		List:   &schema.List{ElementType: schema.TypeRef{NamedType: &whole}, ElementRelationship: schema.Atomic},
		Map:    &schema.Map{ElementType: schema.TypeRef{NamedType: &items}, ElementRelationship: objects},
	}
}

func ref(name string) schema.TypeRef { return schema.TypeRef{NamedType: &name} }

// fields are the fields of a struct as JSON has them.
func (t *types) fields(of reflect.Type) []schema.StructField {
	var fields []schema.StructField
	for field := range of.Fields() {
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if field.Anonymous && name == "" || strings.Contains(options, "inline") {
			fields = append(fields, t.fields(field.Type)...)
			continue
		}
		if name == "" || name == "-" {
			continue
		}
		marker := of.Name() + "." + name
		if name == "status" {
			fields = append(fields, schema.StructField{Name: name, Type: ref("any")})
			continue
		}
		fields = append(fields, schema.StructField{
			Name: name, Type: t.typeOf(field.Type, marker), Default: t.defaults[marker],
		})
	}
	return fields
}

// typeOf is the type of a field with a marker.
func (t *types) typeOf(of reflect.Type, marker string) schema.TypeRef {
	for of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	switch {
	case t.whole[of.Name()] || t.whole[marker]:
		return ref("whole")
	case of == reflect.TypeFor[json.RawMessage]():
		return ref("any")
	case isScalar(of):
		untyped := schema.Untyped
		return schema.TypeRef{Inlined: schema.Atom{Scalar: &untyped}}
	case of.Kind() == reflect.Slice:
		return t.list(of.Elem(), marker)
	case of.Kind() == reflect.Map:
		return schema.TypeRef{Inlined: schema.Atom{Map: &schema.Map{ElementType: t.typeOf(of.Elem(), "")}}}
	case of.Kind() == reflect.Struct:
		name := of.String()
		if !t.known[name] {
			t.known[name] = true // a type may have a field of its own type
			t.define(name, schema.Atom{Map: &schema.Map{Fields: t.fields(of)}})
		}
		return ref(name)
	default:
		return ref("any")
	}
}

func (t *types) list(item reflect.Type, marker string) schema.TypeRef {
	list := &schema.List{ElementType: ref("whole"), ElementRelationship: schema.Atomic}
	if keys, keyed := t.keys[marker]; keyed {
		list = &schema.List{ElementType: t.typeOf(item, ""), ElementRelationship: schema.Associative, Keys: keys}
	}
	return schema.TypeRef{Inlined: schema.Atom{List: list}}
}

// isScalar says that a type's JSON is no object and no list, such as a quantity's.
func isScalar(of reflect.Type) bool {
	switch of.Kind() {
	case reflect.Struct:
		return reflect.PointerTo(of).Implements(reflect.TypeFor[json.Marshaler]())
	case reflect.Slice:
		return of.Elem().Kind() == reflect.Uint8
	case reflect.Map, reflect.Interface:
		return false
	default:
		return true
	}
}
