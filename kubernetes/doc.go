// Package kubernetes performs the few commands that only the API server can carry out and that an answer to
// Metacontroller can not express: today, parting a PersistentVolumeClaim from a parent whose retention policy keeps
// volumes.
//
// It is a narrow client on purpose: one PATCH over net/http with the service account's token, so that it needs no more
// rights than "patch persistentvolumeclaims" and drags in no client library (docs/adr/0014).
//
// What this package is not: it reads nothing, answers no question, watches nothing, and creates or deletes nothing.
//
// It may import: sync and the standard library.
package kubernetes
