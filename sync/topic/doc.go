// Package topic decides for a KafkaTopic: whose the topic in Kafka is, how it differs from what the resource asks for,
// which commands bring it there, and what the status tells the user.
//
// The line through this package is Observe (observe.go), Ask (ask.go), Plan (plan.go). One file answers one question:
//
//	claim.go        which of several KafkaTopics for one topic may act?
//	ownership.go    is the topic in Kafka ours to change, and if not, may it become so?
//	create.go       can the topic be made now?
//	partitions.go   how do the partitions differ from the spec?
//	replicas.go     how do the replicas differ from the spec, and who moves them?
//	config.go       how does the configuration differ from the spec?
//	finalize.go     does the topic go with the resource?
//	customize.go    which other objects must be seen?
//
// A topic is data. It is changed only when it is ours beyond doubt: this resource has made it or was told to take it
// over, its cluster is the one that was meant, and no older KafkaTopic claims it (docs/adr/0020).
//
// What this package is not: it draws no child (sync/children does), it talks to nobody, and it keeps no state: all that
// it knows stands in the request and the facts.
//
// It may import: api, sync, sync/children, the leaves of sync, the Kubernetes API types and the standard library's pure
// parts.
package topic
