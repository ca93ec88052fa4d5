package admission

import (
	"fmt"
	"math"
	"time"
	"unicode/utf8"

	"github.com/kompositor/kompositor/simulator/apply"
)

// typeFits says that a value is of the schema's type. Without one, any is.
func (s *schema) typeFits(value any) bool {
	switch value := value.(type) {
	case map[string]any:
		return s.Type == "object" || s.Type == "" && !s.IntOrString
	case []any:
		return s.Type == "array" || s.Type == "" && !s.IntOrString
	case string:
		return s.Type == "string" || s.Type == ""
	case bool:
		return s.Type == "boolean" || s.Type == "" && !s.IntOrString
	case int64:
		return s.Type == "integer" || s.Type == "number" || s.Type == ""
	case float64:
		return s.Type == "number" || s.Type == "" && !s.IntOrString || s.Type == "integer" && value == math.Trunc(value)
	default:
		return s.Type == "" && !s.IntOrString
	}
}

func (s *schema) typeText() string {
	if s.IntOrString {
		return "integer or string"
	}
	return s.Type
}

// scalar looks at a text, a number or a truth.
func (l *look) scalar(s *schema, path string, value any) {
	if len(s.Enum) > 0 && !among(s.Enum, value) {
		l.mistake(path, "must be one of %v, not %v", s.Enum, value)
	}
	switch value := value.(type) {
	case string:
		l.text(s, path, value)
	case int64:
		if s.Format == "int32" && (value < math.MinInt32 || value > math.MaxInt32) {
			l.mistake(path, "%d does not fit into 32 bits", value)
		}
		l.number(s, path, float64(value))
	case float64:
		l.number(s, path, value)
	}
}

func among(texts []any, value any) bool {
	for _, text := range texts {
		if apply.Equal(text, value) {
			return true
		}
	}
	return false
}

func (l *look) text(s *schema, path, text string) {
	length := utf8.RuneCountInString(text)
	switch {
	case length < s.MinLength:
		l.mistake(path, "must have at least %d characters", s.MinLength)
	case s.MaxLength != nil && length > *s.MaxLength:
		l.mistake(path, "must have at most %d characters", *s.MaxLength)
	case !s.pattern.MatchString(text):
		l.mistake(path, "must match %s", s.Pattern)
	}
	if s.Format == "date-time" {
		if _, err := time.Parse(time.RFC3339, text); err != nil {
			l.mistake(path, "must be a time such as 2026-01-01T00:00:00Z")
		}
	}
}

func (l *look) number(s *schema, path string, value float64) {
	number := fmt.Sprintf("%v", value)
	if least := s.Minimum; least != nil && (value < *least || s.ExclusiveMinimum && value == *least) {
		l.mistake(path, "must be %v or more, not %s", bound(*least, s.ExclusiveMinimum), number)
	}
	if most := s.Maximum; most != nil && (value > *most || s.ExclusiveMaximum && value == *most) {
		l.mistake(path, "must be %v or less, not %s", bound(*most, s.ExclusiveMaximum), number)
	}
}

// bound is a bound in words.
func bound(number float64, exclusive bool) string {
	if exclusive {
		return fmt.Sprintf("other than %v", number)
	}
	return fmt.Sprint(number)
}
