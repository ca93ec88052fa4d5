// Package release plays another release of the service: one that decides as this one does, and draws brokers otherwise.
// It may answer alone, or in turns with this one, as in the minutes of an upgrade.
//
// What it is not: it has no answers of its own. The hook of this release is asked, in words that are exchanged.
//
// It may import: simulator/metacontroller.
package release
