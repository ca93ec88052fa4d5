// Package specs answers one question: what in a custom resource's spec does not fit its type? All of it at once, each
// by its path, with the rest of the spec read.
//
// What this package is not: whether what fits makes sense is the api package's to say.
//
// It may import: sync, for its JSON, and the standard library's pure parts.
package specs
