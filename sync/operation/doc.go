// Package operation decides for a CruiseControlOperation: whether it is its turn, whether its task has been started,
// how far it is, and what a failure means. It is the only place that starts a task of Cruise Control.
//
// The line through this package is Observe (observe.go), Ask (ask.go), Plan (plan.go). One file answers one question:
//
//	request.go   what is Cruise Control asked to do?
//	validate.go  can it be done as it is asked for?
//	queue.go     whose turn is it?
//	start.go     may the task be started now?
//	task.go      where does the task stand?
//	retry.go     what does a failure mean, and when is it tried again?
//	stop.go      which execution does stop_proposal_execution stop?
//	finalize.go  what becomes of a task whose operation is deleted?
//	ttl.go       when is an operation deleted that has come to its end?
//	status.go    what is the user of kubectl told?
//	customize.go which other objects must be seen?
//
// A task carries the operation's UID and its attempt as its reason, and is found again by it among the tasks that
// Cruise Control remembers, whatever was lost on the way. That it is not among them is known only when Cruise Control
// said so. A request is written into the status one call before it is sent: an operation without one has sent none
// (docs/adr/0023).
//
// What a finished task means for a broker or a disk is not decided here: Kafka itself says whether they are empty.
//
// What this package is not: it talks to nobody, and knows no broker.
//
// It may import: api, sync, the leaves of sync, and the standard library's pure parts.
package operation
