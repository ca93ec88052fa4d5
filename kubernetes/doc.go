// Package kubernetes is the narrow door to the API server, for what neither a hook request nor an answer to
// Metacontroller can express: the labels of single Nodes (docs/adr/0018), whether the volumes of single StorageClasses
// can grow (docs/adr/0027), parting a PersistentVolumeClaim from a parent whose retention policy keeps volumes
// (docs/adr/0014), and deleting a CruiseControlOperation whose time is over (docs/adr/0024).
//
// It speaks over net/http with the service account's token, so that it needs no more rights than these calls and drags
// in no client library.
//
// What this package is not: it watches nothing, lists nothing, creates nothing, and deletes nothing else.
//
// It may import: sync and the standard library.
package kubernetes
