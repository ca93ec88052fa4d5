package graceful

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// name is what a new operation is called. It is a function of the input, so that a call that is made twice makes one
// operation, and another one once an operation for the same targets has ended, or the spec has changed.
func (s *Set) name(w *Want, targets []string) string {
	sum := sha256.New()
	part := func(text string) { _, _ = fmt.Fprintf(sum, "%d:%s", len(text), text) } // a hash never fails
	part(fmt.Sprint(s.cluster.Parent.Generation))
	for _, target := range targets {
		part(target)
	}
	for i := range s.observed {
		if o := &s.observed[i]; o.Kind == w.Kind && (o.Done || o.Terminating) && anyOf(o, targets) {
			part(o.UID)
		}
	}
	const digits = 8
	return fmt.Sprintf("%s-%s-%s", s.cluster.Parent.Name, strings.ReplaceAll(string(w.Kind), "_", "-"),
		hex.EncodeToString(sum.Sum(nil))[:digits])
}

func anyOf(o *Operation, targets []string) bool {
	return slices.ContainsFunc(targets, o.For)
}
