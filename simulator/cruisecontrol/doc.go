// Package cruisecontrol plays Cruise Control: its user tasks, its one executor, its memory that a restart wipes, and
// the words in which it refuses. docs/cruisecontrol.md says what it models, where each rule and text comes from, and
// what it leaves out.
//
// Model is what Cruise Control knows and does, in ticks. Handler puts its REST API before it, so that the real adapter
// is tested against the same rules as the simulated world. What is moved, and what it takes to move it, is the World's.
//
// What this package is not: it optimizes nothing, samples nothing, and starts no goroutine.
//
// It may import: the standard library.
package cruisecontrol
