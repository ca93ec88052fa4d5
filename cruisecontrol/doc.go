// Package cruisecontrol is the adapter between the pure room and the REST API of Cruise Control. It stands at two
// steps of the line: Answer turns sync.CruiseControlQuestions into sync.CruiseControlFacts and only reads; Perform
// starts or stops what a command names and does not wait for its end.
//
// A task carries the UID of what asked for it in Cruise Control's reason parameter and is found again by it, so that
// a lost answer or a second replica does not start a second task. What Cruise Control says is never proof that a
// broker is empty: Kafka's own answer is.
//
//	client.go      one request and its answer: JSON, TLS, login
//	refusal.go     what an error of Cruise Control means
//	parameters.go  which parameters has an endpoint?
//	answer.go      state, user tasks, brokers, load
//	perform.go     start a task, stop an execution, pause and resume sampling
//	metrics.go     how long, how often, with which outcome
//
// What this package is not: it decides nothing, knows no child and no custom resource, and knows no other adapter.
//
// It may import: sync, net/http and the Prometheus client.
package cruisecontrol
