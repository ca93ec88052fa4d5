// Package asked answers one question: what does the CR ask of a broker? The answer is a fingerprint, which a Pod
// carries, so that it is stale when the CR asks for something else, and never because a release of Kompositor draws the
// same request differently (the law of releases, docs/simulation.md).
//
// What this package is not: it compares nothing, and decides nothing about a Pod that is stale.
//
// It may import: api, sync/children, sync/fingerprint, the Kubernetes API types and the standard library's pure parts.
package asked
