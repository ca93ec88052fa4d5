// Package claims answers one question: which volumes does a broker have, and what are its claims to look like? A new
// claim is what the custom resource asks for, Kubernetes' defaults written out; one that is there keeps what it has,
// and only ever grows.
//
// What this package is not: it proves of no log directory that it is empty, and lets no claim go.
//
// It may import: api, sync, sync/children, the Kubernetes API types, and the standard library's pure parts.
package claims
