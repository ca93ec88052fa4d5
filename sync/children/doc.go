// Package children draws what a KafkaCluster consists of in Kubernetes: one file for each kind of child.
//
// Everything that a decision has settled comes in as a Cluster and a Broker: which brokers there are, which volumes
// they have under which claim names, what their external listeners advertise, how the KRaft quorum is made up. What
// comes out is a sync.Child: a typed object of exactly apiVersion, kind, metadata and spec (or data), with no field
// that a server fills in. The same input gives the same bytes: lists are sorted, quantities are canonical.
//
// What this package is not: it decides nothing, it compares nothing with what was observed, it reads neither facts
// nor status. The objects share memory with the Cluster they were drawn from: encode them, do not change them.
//
// It may import: api, sync, sync/properties, the Kubernetes API types and the standard library's pure parts.
package children
