package seeds

import (
	"fmt"
	"strings"
)

// word is a named setting in a line of them.
type word struct {
	name  string
	value any // a pointer to a bool, an int or a string without blanks
}

// line writes settings as name=value; those that are zero are left out.
func line(words []word) string {
	var texts []string
	for _, w := range words {
		switch value := w.value.(type) {
		case *bool:
			if *value {
				texts = append(texts, w.name)
			}
		case *int:
			if *value != 0 {
				texts = append(texts, fmt.Sprintf("%s=%d", w.name, *value))
			}
		case *string:
			if *value != "" {
				texts = append(texts, w.name+"="+*value)
			}
		}
	}
	return strings.Join(texts, " ")
}

// read reads what line writes.
func read(text string, words []word) error {
	for field := range strings.FieldsSeq(text) {
		name, value, _ := strings.Cut(field, "=")
		known := false
		for _, w := range words {
			if w.name != name {
				continue
			}
			known = true
			if truth, ok := w.value.(*bool); ok {
				*truth = true
			} else if _, err := fmt.Sscan(value, w.value); err != nil {
				return fmt.Errorf("%s: %w", field, err)
			}
		}
		if !known {
			return fmt.Errorf("there is no setting %q", name)
		}
	}
	return nil
}
