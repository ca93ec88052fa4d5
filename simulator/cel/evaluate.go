package cel

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
)

// node is a part of a rule.
type node interface {
	value(in scope) (any, error)
}

// scope are the variables.
type scope map[string]any

// Holds says that a rule holds for a value that is now, and the one that it was before where the rule asks for that. An
// error says that it can not be told, which kube-apiserver takes for a breach.
func (r *Rule) Holds(self, before any) (bool, error) {
	result, err := r.root.value(scope{"self": self, "oldSelf": before})
	if err != nil {
		return false, fmt.Errorf("rule %q: %w", r.text, err)
	}
	holds, ok := result.(bool)
	if !ok {
		return false, fmt.Errorf("rule %q: the result is %v", r.text, result)
	}
	return holds, nil
}

type literal struct{ is any }

func (n literal) value(scope) (any, error) { return n.is, nil }

type variable struct{ name string }

func (n variable) value(in scope) (any, error) {
	is, ok := in[n.name]
	if !ok {
		return nil, fmt.Errorf("there is no variable %s", n.name)
	}
	return is, nil
}

type choice struct{ condition, yes, no node }

func (n choice) value(in scope) (any, error) {
	holds, err := truth(n.condition, in)
	if err != nil {
		return nil, err
	}
	if holds {
		return n.yes.value(in)
	}
	return n.no.value(in)
}

func truth(n node, in scope) (bool, error) {
	is, err := n.value(in)
	if err != nil {
		return false, err
	}
	holds, ok := is.(bool)
	if !ok {
		return false, fmt.Errorf("%v is no truth", is)
	}
	return holds, nil
}

type negation struct {
	sign string
	of   node
}

func (n negation) value(in scope) (any, error) {
	if n.sign == "!" {
		holds, err := truth(n.of, in)
		return !holds, err
	}
	is, err := n.of.value(in)
	number, ok := is.(int64)
	if err == nil && !ok {
		err = fmt.Errorf("%v is no number", is)
	}
	return -number, err
}

type selection struct {
	of    node
	field string
}

func (n selection) value(in scope) (any, error) {
	object, err := n.object(in)
	if err != nil {
		return nil, err
	}
	is, ok := object[n.field]
	if !ok {
		return nil, fmt.Errorf("there is no field %s", n.field)
	}
	return is, nil
}

func (n selection) object(in scope) (map[string]any, error) {
	of, err := n.of.value(in)
	if err != nil {
		return nil, err
	}
	object, ok := of.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%v has no field %s", of, n.field)
	}
	return object, nil
}

// presence is has(): that a field is there.
type presence struct{ of selection }

func (n presence) value(in scope) (any, error) {
	object, err := n.of.object(in)
	_, there := object[n.of.field]
	return there, err
}

type element struct{ of, index node }

func (n element) value(in scope) (any, error) {
	of, err := n.of.value(in)
	if err != nil {
		return nil, err
	}
	index, err := n.index.value(in)
	if err != nil {
		return nil, err
	}
	switch of := of.(type) {
	case []any:
		if at, ok := index.(int64); ok && at >= 0 && at < int64(len(of)) {
			return of[at], nil
		}
	case map[string]any:
		key, _ := index.(string)
		if is, ok := of[key]; ok {
			return is, nil
		}
	}
	return nil, fmt.Errorf("there is no element %v", index)
}

// operation is an operator between two sides.
type operation struct {
	sign        string
	left, right node
}

func (n operation) value(in scope) (any, error) {
	switch n.sign {
	case "&&":
		return n.decided(in, false)
	case "||":
		return n.decided(in, true)
	}
	left, err := n.left.value(in)
	if err != nil {
		return nil, err
	}
	right, err := n.right.value(in)
	if err != nil {
		return nil, err
	}
	switch n.sign {
	case "==":
		return reflect.DeepEqual(left, right), nil
	case "!=":
		return !reflect.DeepEqual(left, right), nil
	case "in":
		return contains(right, left)
	}
	return numbers(n.sign, left, right)
}

// decided is "and" or "or": one side that decides is enough, though the other one is an error.
func (n operation) decided(in scope, by bool) (any, error) {
	left, err := truth(n.left, in)
	if err == nil && left == by {
		return by, nil
	}
	right, rightErr := truth(n.right, in)
	if rightErr == nil && right == by {
		return by, nil
	}
	return !by, errors.Join(err, rightErr)
}

func contains(where, what any) (any, error) {
	switch where := where.(type) {
	case []any:
		for _, item := range where {
			if reflect.DeepEqual(item, what) {
				return true, nil
			}
		}
		return false, nil
	case map[string]any:
		key, _ := what.(string)
		_, there := where[key]
		return there, nil
	}
	return nil, fmt.Errorf("%v holds nothing", where)
}

// numbers is an operator between whole numbers.
func numbers(sign string, left, right any) (any, error) {
	a, isNumber := left.(int64)
	b, areNumbers := right.(int64)
	if !isNumber || !areNumbers {
		return nil, fmt.Errorf("%v %s %v: they are no numbers", left, sign, right)
	}
	switch sign {
	case "<":
		return a < b, nil
	case "<=":
		return a <= b, nil
	case ">":
		return a > b, nil
	case ">=":
		return a >= b, nil
	case "+":
		return a + b, nil
	default:
		return a - b, nil
	}
}

// comprehension is a macro over the items of a list.
type comprehension struct {
	macro    string
	of       node
	variable string
	body     node
}

func (n comprehension) value(in scope) (any, error) {
	of, err := n.of.value(in)
	if err != nil {
		return nil, err
	}
	list, ok := of.([]any)
	if !ok {
		return nil, fmt.Errorf("%v is no list", of)
	}
	inner := maps.Clone(in)
	var outcome items
	for _, item := range list {
		inner[n.variable] = item
		holds, err := truth(n.body, inner)
		switch {
		case err != nil:
			outcome.err = errors.Join(outcome.err, err)
		case holds:
			outcome.holds = append(outcome.holds, item)
		default:
			outcome.others++
		}
	}
	return macros()[n.macro](&outcome)
}

// items are those that a macro's body holds for, how many it does not hold for, and why it can not be told of the rest.
type items struct {
	holds  []any
	others int
	err    error
}

// macros are what follows from a list's items. What can not be told of one counts only where the others do not decide.
func macros() map[string]func(*items) (any, error) {
	return map[string]func(*items) (any, error){
		"all": func(i *items) (any, error) {
			if i.others > 0 {
				return false, nil
			}
			return true, i.err
		},
		"exists": func(i *items) (any, error) {
			if len(i.holds) > 0 {
				return true, nil
			}
			return false, i.err
		},
		"exists_one": func(i *items) (any, error) { return len(i.holds) == 1, i.err },
		"filter":     func(i *items) (any, error) { return i.holds, i.err },
	}
}
