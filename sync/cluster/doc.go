// Package cluster decides for a KafkaCluster: what each broker is, which of them may be let go, restarted or added,
// what the world has to say about it first, and what the status tells the user.
//
// The line through this package is Observe (observe.go), Ask (ask.go), Plan (plan.go). Plan takes stock of the brokers
// and of what the CR asks of each, chooses at most one risky step, draws the children and reports; sync/gate then
// compares the answer with what was observed and refuses one that breaks a law that guards data. One file answers one
// question:
//
//	broker.go     what state is a broker's Pod in?
//	config.go     which configuration does a broker run with, is its Pod stale, and what would a restart change?
//	dynamic.go    what is to be changed in Kafka without a restart?
//	rollout.go    which broker may restart now?
//	voters.go     which voter of the quorum is added or removed?
//	upgrades.go   may nodes get another version, and may the metadata.version rise?
//	refusals.go   what does the spec ask for that Kafka can not do?
//	scaling.go    may a broker that left the spec be let go?
//	volumes.go    which volumes does a broker have, and how large are they?
//	disks.go      which log directory may a broker do without, and which claim may go?
//	listeners.go  at which addresses is a broker reached?
//	quorum.go     how do the KRaft controllers know each other?
//	rack.go       in which rack is a broker?
//	clusterid.go  what is the KRaft cluster id?
//	spec.go       can the spec be read, and does it make sense?
//	finalize.go   in which order does a cluster go away?
//	cruisecontrol.go  what becomes of Cruise Control?
//	customize.go  which other objects must be seen?
//
// What this package is not: it draws no child (sync/children does), it talks to nobody, and it keeps no state: all that
// it knows stands in the request and the facts.
//
// It may import: api, sync, sync/children, sync/properties, the Kubernetes API types and the standard library's pure
// parts.
package cluster
