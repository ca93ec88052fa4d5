// Package metacontroller plays Metacontroller 4.17 with one CompositeController against the API server in memory:
// either apply strategy, v2 hooks, generateSelector, a finalize and a customize hook.
//
// One Step is one tick: what changed is seen, parents are queued, and every queued parent that is due is synced in
// the order that Metacontroller documents: finalizer, claim of the children, related objects, the hook,
// resyncAfterSeconds, the finalizer's removal, labels, deletions, then creations and updates, and the status last.
//
// The hook is called with the bytes that the real Metacontroller would send (Request), and its answer is read as
// strictly.
//
// What it is not: it has no rolling strategies, no ControllerRevisions and no etags; Kompositor uses none of them. It
// judges nothing: every call is shown to an observer, where the laws are.
//
// It may import: simulator/apiserver, simulator/apply. One goroutine.
package metacontroller
