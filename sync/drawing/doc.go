// Package drawing answers one question: would a broker be drawn otherwise now than its Pod was, although the same is
// asked for? The answer is a fingerprint of how a release draws, which a Pod carries. A difference restarts nobody: it
// comes with the broker's next restart, and the status tells of it until then (the law of releases,
// docs/simulation.md).
//
// What this package is not: what is asked for, package asked knows; and it decides nothing.
//
// It may import: api, sync, sync/children, sync/fingerprint and the standard library's pure parts.
package drawing
