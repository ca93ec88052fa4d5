// Package mutations proves that the laws of the simulated worlds look: for every law there is at least one small
// mistake, kept as a patch of the service, that makes a seed break that law. A law that no mistake can break would say
// nothing.
//
// A patch begins with what it breaks, which law must notice, and what the gate (sync/gate, sync.Guard) does about it:
// it refuses it, it has the same rule and so the same mistake, or it does not look at it. Where it refuses, the proof
// is led twice: as it is, when the gate must be seen to refuse and the law must hold all the same, and with
// open-gate.patch beside it, when the law must break. A patch that no longer applies fails, and so does a mistake that
// no seed notices.
//
//	make mutations [ONLY=part-of-a-path]
//
// What it is not: no part of the service or of its tests without the build tag mutations; the proof takes too long.
//
// It may import: simulator/seeds and below, and the hooks under trial.
package mutations
