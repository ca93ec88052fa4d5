package judge

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// errUntried is what commands fail with whose failure must be told well.
var errUntried = errors.New("it was not tried")

// reverseMembers writes every JSON object with its members in the opposite order.
func reverseMembers(t *testing.T, value jsontext.Value) jsontext.Value {
	t.Helper()
	switch value.Kind() {
	case '{':
		return reverseObject(t, value)
	case '[':
		var items []jsontext.Value
		if err := json.Unmarshal(value, &items); err != nil {
			t.Fatal(err)
		}
		for i := range items {
			items[i] = reverseMembers(t, items[i])
		}
		return jsontext.Value("[" + string(bytes.Join(texts(items), []byte(","))) + "]")
	}
	return value
}

func reverseObject(t *testing.T, value jsontext.Value) jsontext.Value {
	t.Helper()
	var members []jsontext.Value
	dec := jsontext.NewDecoder(bytes.NewReader(value))
	if _, err := dec.ReadToken(); err != nil {
		t.Fatal(err)
	}
	for dec.PeekKind() != '}' {
		name, err := dec.ReadValue()
		if err != nil {
			t.Fatal(err)
		}
		name = name.Clone()
		content, err := dec.ReadValue()
		if err != nil {
			t.Fatal(err)
		}
		members = append(members, jsontext.Value(string(name)+":"+string(reverseMembers(t, content.Clone()))))
	}
	slices.Reverse(members)
	return jsontext.Value("{" + string(bytes.Join(texts(members), []byte(","))) + "}")
}

func texts(values []jsontext.Value) [][]byte {
	text := make([][]byte, len(values))
	for i := range values {
		text[i] = values[i]
	}
	return text
}
