// Package externaladdress answers one question: at which host and port do clients outside reach a broker? The rules are
// Koperator's.
//
// What this package is not: it makes no Service and no ingress.
//
// It may import: api, sync, sync/children, sync/parent, and the standard library's pure parts.
package externaladdress
