// Package graceful answers one question: which operations of Cruise Control does a cluster have for its brokers and
// disks that come and go, where do they stand, and which one is to be made?
//
//	operation.go  what is an observed operation for, and where does it stand?
//	phase.go      what does Koperator call that in the status?
//	set.go        which operations go on, which are let go, and which is made?
//	name.go       what is a new one called?
//
// An operation is known by what it does and for whom, never by its name. One that is under way and still wanted is left
// as it is; one whose target is not to be touched any more is let go, and its own finalizer stops its execution; one
// that has ended stays until its own time is over. That an operation has succeeded proves nothing about a broker or a
// disk: Kafka itself says whether they are empty.
//
// What this package is not: it does not know why a broker or a disk needs an operation, and it starts no task
// (sync/operation does).
//
// It may import: api, sync, sync/children, apimachinery's conditions, the JSON library and the standard library's pure
// parts.
package graceful
