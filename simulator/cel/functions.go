package cel

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
)

// typeName is the type of a value.
type typeName string

// function is a function and how many arguments it takes, the value before the dot among them.
type function struct {
	arguments int
	of        func(arguments []any) (any, error)
}

// functions are those that our rules use. quantity and compareTo are Kubernetes' own. Source: k8s.io/apiserver,
// pkg/cel/library/quantity.go.
func functions() map[string]function {
	return map[string]function{
		"size":       {1, size},
		"startsWith": {2, startsWith},
		"type":       {1, typeOf},
		"quantity":   {1, quantity},
		"compareTo":  {2, compareTo},
	}
}

type call struct {
	name      string
	arguments []node
}

func (n call) value(in scope) (any, error) {
	values := make([]any, 0, len(n.arguments))
	for _, argument := range n.arguments {
		is, err := argument.value(in)
		if err != nil {
			return nil, err
		}
		values = append(values, is)
	}
	return functions()[n.name].of(values)
}

func size(of []any) (any, error) {
	switch of := of[0].(type) {
	case string:
		return int64(len([]rune(of))), nil
	case []any:
		return int64(len(of)), nil
	case map[string]any:
		return int64(len(of)), nil
	}
	return nil, fmt.Errorf("%v has no size", of[0])
}

func startsWith(of []any) (any, error) {
	text, isText := of[0].(string)
	prefix, areTexts := of[1].(string)
	if !isText || !areTexts {
		return nil, fmt.Errorf("%v and %v are no texts", of[0], of[1])
	}
	return strings.HasPrefix(text, prefix), nil
}

func typeOf(of []any) (any, error) {
	switch of[0].(type) {
	case string:
		return typeName("string"), nil
	case int64:
		return typeName("int"), nil
	}
	return nil, fmt.Errorf("the type of %v is not known here", of[0])
}

func quantity(of []any) (any, error) {
	text, _ := of[0].(string)
	return resource.ParseQuantity(text)
}

func compareTo(of []any) (any, error) {
	left, isQuantity := of[0].(resource.Quantity)
	right, areQuantities := of[1].(resource.Quantity)
	if !isQuantity || !areQuantities {
		return nil, fmt.Errorf("%v and %v are no quantities", of[0], of[1])
	}
	return int64(left.Cmp(right)), nil
}
