// Package claimtemplate answers one question: what does a pvcSpec ask for, for one broker and one mount path? Koperator
// lets texts in a pvcSpec be Go templates over both, with the functions of sprig, such as a selector of volumes that
// were made for one broker. Of sprig only the functions that always give the same are known here.
//
// What this package is not: it draws no claim, and decides nothing of volumes.
//
// It may import: api, sync, and the standard library's pure parts.
package claimtemplate
