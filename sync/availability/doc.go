// Package availability answers one question: may this node of a Kafka cluster stop now? It judges by what Kafka itself
// reports of partitions and quorum, and by what the user allows; which node is next, and why, is decided elsewhere.
//
// The answer is a sentence: why not, or nothing at all.
//
// What this package is not: it knows no Pod, no custom resource and no order of restarts.
//
// It may import: sync, and the standard library's pure parts.
package availability
