// Package voters answers one question: which voter of a dynamic KRaft quorum is added or removed next, and is that safe
// now?
//
// Voters are changed one at a time (KIP-853): a change is made only when the one before is done and the quorum is whole
// again. Next is the plan, MayAdd and MayRemove are the law that it keeps: who guards a decision asks them again.
//
// What this package is not: it knows no Pod and no custom resource, and it has nothing to say of a static quorum.
//
// It may import: sync, and the standard library's pure parts.
package voters
