// Package sync holds the nouns of the pure room: what a hook call asks (Request), what was asked of the world
// (Questions), what the world answered (Facts), what follows (Decision, Command) and what Metacontroller is told
// (Response).
//
// One hook call is one straight line. Steps 2, 3, 5 and 7 are pure functions and live below this package, one
// package for each kind of parent; server walks the line, kafka and cruisecontrol stand at steps 4 and 6.
//
//	1 server          decode             -> Request
//	2 sync/<kind>     Hook.Observe       -> Observed
//	3 sync/<kind>     Observed.Ask       -> Questions
//	4 kafka, ...      Answer             -> Facts
//	5 sync/<kind>     Observed.Plan      -> Decision
//	6 kafka, ...      Perform            -> Outcomes
//	7 sync            Decision.Respond   -> Response
//	8 server          encode
//
// The contract: the same Request and the same Facts give the same bytes. What is unknown holds. What is not listed in
// a Response is deleted by Metacontroller, so a Response can only be made from a Decision, and Guard refuses a
// Decision that lets go of a Pod or a PersistentVolumeClaim without saying why.
//
// What this package is not: it does no I/O, reads no clock, uses no chance, logs nothing, and knows no Kafka client.
// It shares its name with the standard library's sync, which nothing in this room may import; elsewhere the standard
// package is imported as gosync.
//
// It may import: api, apimachinery, and the JSON library.
package sync
