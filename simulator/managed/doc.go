// Package managed is server-side apply: who manages which field of an object, and what becomes of the object when one
// manager applies its part of it.
//
// The merge is Kubernetes' own (sigs.k8s.io/structured-merge-diff, which kube-apiserver calls too). It needs a schema:
// the fields come from the Go types of the kinds that Kompositor makes, and markers.go says which of their lists are
// maps by a key and which objects are replaced whole. e2e compares it with the schema that Kubernetes publishes, and
// the outcome with a real API server's.
//
// What it is not: it writes no metadata.managedFields, so requests do not show them, and it does not look at who
// manages a status: neither is anything that Metacontroller applies.
//
// It may import: api, k8s.io/api, sigs.k8s.io/structured-merge-diff. It knows no API server.
package managed
