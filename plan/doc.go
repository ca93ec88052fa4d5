// Package plan says what would happen to a cluster, before it does: the objects of a live cluster and a changed
// KafkaCluster go in, what Kompositor would do with them comes out, in order, with the reasons that it gives itself.
//
// Nothing here decides. The objects become a simulated world (package simulator), the hooks that serve answers are
// asked in it tick by tick, and what they decide and what Metacontroller writes is recorded until nothing changes.
//
//	read.go      the objects, as kubectl prints them
//	found.go     which of them are the cluster's, and what Metacontroller needs to find them
//	plan.go      the plan, and the run that it is made by
//	recorder.go  decisions and writes become steps
//	diff.go      which fields and keys a write changes; never their values
//	outcome.go   what is refused, and what is awaited at the end
//	text.go, mermaid.go  the plan for people; as JSON it is the type itself
//
// What it is not: no second implementation of a decision, and no forecast of time. What the objects do not say is
// assumed; docs/plan.md says what, and every plan repeats it.
//
// It may import: simulator, sync, api. No I/O, no clock, no chance: the same objects give the same bytes.
package plan
