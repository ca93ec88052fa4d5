// Package claims answers one question: what is the volume claim of a broker's log directory to look like?
//
// A new claim is what the custom resource asks for, its templates filled in and Kubernetes' defaults written out; one
// that is there keeps what it has, and only ever grows.
//
// Koperator lets texts in a pvcSpec be Go templates over the broker's id and the mount path, with the functions of
// sprig, such as a selector of volumes that were made for one broker. Of sprig only the functions that always give the
// same are known here.
//
// What this package is not: which claims a broker has is decided by who asks.
//
// It may import: api, sync, sync/children, the Kubernetes API types, sprig, and the standard library's pure parts.
package claims
