// Package takeover answers one question: which parts of a cluster has Koperator made, and what follows from that?
//
// Koperator's Pods carry no record of what was asked of them: it is noted when they are taken over, so that a later
// change of the custom resource shows. Metacontroller hands us only those objects that somebody has labelled: what the
// status speaks of and nobody finds must not be made a second time. And what we do not draw, others may use.
//
// What this package is not: it restarts nothing, and compares no Pod with what we would draw.
//
// It may import: api, sync, and the standard library's pure parts.
package takeover
