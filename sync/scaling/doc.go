// Package scaling answers one question: what is Cruise Control to do for the brokers that come and go, and what is
// awaited of it?
//
//	broker.go  what is known of a broker?
//	add.go     which brokers get data, and when?
//	remove.go  which brokers are emptied, when, and which removal is refused?
//	settle.go  what becomes of all that, and what does the condition Rebalancing say?
//
// A broker that is new gets data by add_broker, one that leaves is emptied by remove_broker; those that come or go
// together are in one operation. That a broker is empty is not decided here, nor by Cruise Control: Kafka's partitions
// say so, and until they do a finished operation is followed by another one.
//
// What this package is not: it lets no Pod and no claim go, and it does not know why a broker is listed.
//
// It may import: api, sync, sync/graceful, sync/parent and the standard library's pure parts.
package scaling
