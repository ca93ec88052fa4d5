// Package rack answers one question: in which rack is a broker, as far as its Pod, its configuration or its Node tell?
//
// What this package is not: it asks no Node, and decides nothing about a broker whose rack is not known.
//
// It may import: sync, and the standard library's pure parts.
package rack
