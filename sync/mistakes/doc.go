// Package mistakes answers one question: what is wrong in the spec of a KafkaCluster? All of it is listed at once: what
// does not fit its type, what the custom resource's own rules refuse, and properties that Java would not load.
//
// What this package is not: it repairs nothing, and decides nothing about the cluster.
//
// It may import: api, sync/parent, sync/properties, the Kubernetes API types, and the standard library's pure parts.
package mistakes
