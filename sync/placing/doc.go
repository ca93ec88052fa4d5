// Package placing answers one question: which brokers look for a node, so that a new one is to wait? A broker that
// comes back may find its volumes on one node only. The scheduler takes the Pods as they come, and one of a new broker,
// whose volumes are nowhere yet, may take that node or what room is left on it, for good.
//
// What this package is not: it chooses no node. The scheduler does.
//
// It may import: sync, sync/podphase, the Kubernetes API types, and the standard library's pure parts.
package placing
