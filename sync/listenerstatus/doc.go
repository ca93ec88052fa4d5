// Package listenerstatus answers one question: at which addresses is each broker reached, in the words of Koperator's
// status, which its users' scripts read?
//
// What this package is not: it decides no address (sync/externaladdress does, for those outside).
//
// It may import: api, sync/children, sync/externaladdress and the standard library's pure parts.
package listenerstatus
