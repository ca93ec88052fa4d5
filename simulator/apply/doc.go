// Package apply is Metacontroller's dynamic apply: what becomes of an observed child when a hook returns a desired
// one.
//
// It follows Metacontroller's documented rules (docs/src/api/apply.md) and the behaviour of version 4.17: a three-way
// merge of the observed object, what the hook returned last time (kept in an annotation) and what it returns now.
// Lists of objects that share one of a few well-known keys are merged as maps, every other list is replaced.
//
// What it is not: it does not talk to an API server and knows no kinds. It must not be used by the hook itself; it
// stands in for Metacontroller wherever that is simulated.
//
// It may import: the standard library and sigs.k8s.io/json.
package apply
