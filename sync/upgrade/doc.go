// Package upgrade answers two questions of a KRaft cluster's version: can nodes of this Kafka run with the
// metadata.version that is finalized, and may it be raised now?
//
// The finalized metadata.version is what the whole cluster writes its metadata in (KIP-584, KIP-778). It can be raised
// at any time, and Kafka does not lower it where metadata has changed in between. So a raise takes the way back away,
// and is made only when the user's policy says so.
//
// What this package is not: it knows no Pod and no image, and it looks at no other feature.
//
// It may import: api, sync, apimachinery's times, and the standard library's pure parts.
package upgrade
