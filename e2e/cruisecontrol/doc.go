// Package cruisecontrol plays Cruise Control beside real brokers: it has the part of the REST API that the product
// asks, and what it says is moved is moved, by partition reassignments that Kafka carries out. docs/cruisecontrol.md
// says which rules of the real one are kept; here are, besides, its throttles, its batches, and its refusal while
// others move.
//
//	server.go    the REST API
//	task.go      the user tasks, and the one execution
//	executor.go  a proposal is carried out, in batches, throttled
//	proposal.go  which replicas are moved for brokers that come or go
//	kafka.go     what is asked of Kafka
//
// It has no metrics and weighs no loads: a proposal spreads the replicas of each topic by their number. add_broker and
// remove_broker are all that it can execute.
//
// Kafka is asked with franz-go: librdkafka has no call for reassignments. The product is not imported; that both agree
// on the protocol is what the tests are for.
package cruisecontrol
