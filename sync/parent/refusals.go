package parent

import (
	"fmt"
	"slices"

	"github.com/kompositor/kompositor/sync"
)

// Refusals are the parts of a spec that are not carried out, while everything else goes on.
type Refusals []Refusal

// Refusal is one of them.
type Refusal struct {
	// Of is the condition that says so.
	Of sync.ConditionType
	// Why is a clause.
	Why string
}

// Add refuses one more part.
func (r *Refusals) Add(of sync.ConditionType, format string, args ...any) {
	*r = append(*r, Refusal{of, fmt.Sprintf(format, args...)})
}

// First is the first reason why something is not carried out, and how many more there are; empty when there is none.
func (r Refusals) First(of sync.ConditionType) string {
	own := slices.DeleteFunc(slices.Clone(r), func(refusal Refusal) bool { return refusal.Of != of })
	switch len(own) {
	case 0:
		return ""
	case 1:
		return own[0].Why
	}
	return fmt.Sprintf("%s; and %d more", own[0].Why, len(own)-1)
}
