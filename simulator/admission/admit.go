package admission

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kompositor/kompositor/simulator/apply"
)

// Complete writes the schema's defaults into a custom resource.
func (s *Schemas) Complete(kind string, o map[string]any) {
	if root, known := s.kinds[kind]; known {
		root.complete(o)
	}
}

// Admit returns what is wrong with a custom resource, empty for nothing. old is what it is to replace, nil for none. A
// kind without a schema may be anything.
func (s *Schemas) Admit(kind string, old, o map[string]any) string {
	root, known := s.kinds[kind]
	if !known {
		return ""
	}
	l := &look{}
	l.value(root, "", pair{now: o, before: old, had: old != nil})
	return strings.Join(l.mistakes, "; ")
}

// complete writes defaults.
func (s *schema) complete(value any) {
	switch value := value.(type) {
	case map[string]any:
		for name, property := range s.Properties {
			if _, there := value[name]; !there && property.Default != nil {
				value[name] = apply.Copy(property.Default)
			}
			property.complete(value[name])
		}
		if s.AdditionalProperties != nil {
			for _, item := range value {
				s.AdditionalProperties.complete(item)
			}
		}
	case []any:
		if s.Items == nil {
			return
		}
		for _, item := range value {
			s.Items.complete(item)
		}
	}
}

// look looks at an object and gathers its mistakes.
type look struct{ mistakes []string }

// pair is a value and the one that was in its place before, if one had been there that can be told to be the same.
type pair struct {
	now, before any
	had         bool
}

func (l *look) mistake(path, format string, args ...any) {
	path = strings.TrimPrefix(path, ".")
	if path != "" {
		path += ": "
	}
	l.mistakes = append(l.mistakes, path+fmt.Sprintf(format, args...))
}

// value looks at a value and all below it. What has not changed is not looked at.
func (l *look) value(s *schema, path string, p pair) {
	if p.had && apply.Equal(p.now, p.before) {
		return
	}
	if !s.typeFits(p.now) {
		l.mistake(path, "must be of type %s", s.typeText())
		return
	}
	found := len(l.mistakes)
	switch now := p.now.(type) {
	case map[string]any:
		l.object(s, path, p, now)
	case []any:
		l.list(s, path, p, now)
	default:
		l.scalar(s, path, now)
	}
	if len(l.mistakes) == found { // rules may rely on the schema, so kube-apiserver asks them only where that holds
		l.rules(s, path, p)
	}
}

func (l *look) object(s *schema, path string, p pair, now map[string]any) {
	before, _ := p.before.(map[string]any)
	for _, field := range s.Required {
		if _, there := now[field]; !there {
			l.mistake(path+"."+field, "is needed")
		}
	}
	if s.MaxProperties != nil && len(now) > *s.MaxProperties {
		l.mistake(path, "must have at most %d properties", *s.MaxProperties)
	}
	for _, field := range slices.Sorted(maps.Keys(now)) {
		below, known := s.Properties[field], true
		if below == nil {
			below, known = s.AdditionalProperties, s.AdditionalProperties != nil
		}
		was, had := before[field]
		switch {
		case known:
			l.value(below, path+"."+field, pair{now[field], was, p.had && had})
		case !s.Preserve:
			l.mistake(path+"."+field, "is no field that there is")
		}
	}
}

func (l *look) list(s *schema, path string, p pair, now []any) {
	if len(now) < s.MinItems {
		l.mistake(path, "must have at least %d items", s.MinItems)
	}
	if s.MaxItems != nil && len(now) > *s.MaxItems {
		l.mistake(path, "must have at most %d items", *s.MaxItems)
		return
	}
	before := map[string]any{}
	if list, ok := p.before.([]any); ok && s.ListType == "map" {
		for _, item := range list {
			before[s.key(item)] = item
		}
	}
	seen := map[string]bool{}
	for i, item := range now {
		at := fmt.Sprintf("%s[%d]", path, i)
		key := s.key(item)
		if (s.ListType == "map" || s.ListType == "set") && seen[key] {
			l.mistake(at, "is there twice: %s", key)
		}
		seen[key] = true
		was, had := before[key]
		if s.Items != nil {
			l.value(s.Items, at, pair{item, was, p.had && had})
		}
	}
}

// key tells the items of a list apart.
func (s *schema) key(item any) string {
	object, isObject := item.(map[string]any)
	if s.ListType != "map" || !isObject {
		return fmt.Sprint(item)
	}
	var keys []string
	for _, field := range s.ListKeys {
		keys = append(keys, fmt.Sprint(object[field]))
	}
	return strings.Join(keys, ",")
}

// rules asks the rules of a schema. One that compares with what was there before is asked only where something was.
func (l *look) rules(s *schema, path string, p pair) {
	for i := range s.Validations {
		rule := &s.Validations[i]
		if rule.compiled.Transition && !p.had {
			continue
		}
		if holds, err := rule.compiled.Holds(p.now, p.before); err != nil {
			l.mistake(path+rule.FieldPath, "%v", err)
		} else if !holds {
			l.mistake(path+rule.FieldPath, "%s", rule.Message)
		}
	}
}
