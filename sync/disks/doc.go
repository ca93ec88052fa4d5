// Package disks answers one question: may a broker do without a log directory that the spec no longer lists, and may
// the volume behind it go?
//
// A log directory goes in steps, each on proof: Kafka itself reports no replica in it; the broker restarts without it;
// Kafka reports that the broker runs without it and that every replica on it is in sync; then its claim goes. What was
// proven is remembered by the broker's ConfigMap, which lacks the directory from the restart on: it changes together
// with the Pod (docs/adr/0013). Holds and MustStay are the law, and whoever guards a decision asks them again.
//
// What this package is not: it moves no replica, and draws no claim.
//
// It may import: sync, and the standard library's pure parts.
package disks
