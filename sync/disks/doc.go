// Package disks answers one question: may a broker do without a log directory that the spec no longer lists, and may
// the volume behind it go?
//
// A log directory goes in steps, each on proof: Kafka itself reports no replica in it; the broker restarts without it;
// Kafka reports that the broker runs without it and that every replica on it is in sync; then its claim goes. What was
// proven is remembered by the broker's ConfigMap, which lacks the directory from the restart on: it changes together
// with the Pod (docs/adr/0013). Holds and MustStay are the law, and whoever guards a decision asks them again.
//
// What Cruise Control is to do meanwhile is Situation.Move's answer (moves.go): disks that come are given replicas by
// rebalance with rebalance_disk, disks that go are emptied by remove_disks, those of all brokers together. That it says
// that it is done proves nothing.
//
// What this package is not: it draws no claim, and starts no task (sync/operation does).
//
// It may import: api, sync, sync/children, sync/claims, sync/graceful, sync/parent and the standard library's pure
// parts.
package disks
