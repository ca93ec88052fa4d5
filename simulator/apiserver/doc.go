// Package apiserver is a Kubernetes API server in memory, as far as Kompositor and its children can tell it from a
// real one: resource versions, generations, finalizers, graceful deletion, owner references and their garbage
// collection, the defaults that a real server writes into what we send, and the changes that it refuses.
//
// Built-in kinds go through their Go types, so quantities become canonical, zero values vanish and an unknown field
// is refused (a real server warns and drops it). Other kinds, such as our own parents, are kept as they come, where
// Admission lets them in.
//
// An Object that was stored or handed out is never changed again: a writer copies it first (Copy). That makes it safe
// to share, and its JSON is encoded only once.
//
// What it is not: it has no network, no authentication, no namespaces to create, and knows no CRD by itself.
//
// It may import: k8s.io/api, k8s.io/apimachinery, simulator/apply, simulator/managed. One goroutine.
package apiserver
