// Package roll answers one question: which nodes of a Kafka cluster stop now, in which order, and how many at once? It
// also says which partitions are to be given back to their preferred leaders once all nodes are up again.
//
// Whether a node is to restart at all, and what becomes of its Pod, is decided by who asks; whether Kafka can do
// without the nodes is asked of sync/availability. Cluster.Stop is the law, Cluster.Next the plan that has to keep it:
// a caller that guards a decision asks Stop again, from what it observed itself.
//
// What this package is not: it knows no Pod and no custom resource.
//
// It may import: sync, sync/availability, and the standard library's pure parts.
package roll
