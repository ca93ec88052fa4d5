// Package claimtemplate answers one question: what does a broker's pvcSpec ask for, once its templates are filled in?
//
// Koperator lets texts in a pvcSpec be Go templates over the broker's id and the mount path, with the functions of
// sprig, such as a selector of volumes that were made for one broker. Of sprig only the functions that always give the
// same are known here.
//
// What this package is not: it knows no claim that exists.
//
// It may import: api, sync, the Kubernetes API types, sprig, and the standard library's pure parts.
package claimtemplate
