// Package teardown answers one question: what of a cluster that is being deleted goes now? Brokers go while there are
// controllers to hand their leadership over to, then controllers, then volumes.
//
// What this package is not: it asks nothing of Kafka, so that nothing can hang on it.
//
// It may import: sync, and the standard library's pure parts.
package teardown
