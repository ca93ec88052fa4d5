// Package certificates answers one question: are the Secrets there that brokers mount, and complete?
//
// What this package is not: it issues no certificate, and reads none.
//
// It may import: api, sync, sync/children, sync/parent, and the standard library's pure parts.
package certificates
