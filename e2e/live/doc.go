// Package live is what tests of a live KafkaCluster share: real brokers on a real control plane, the shipped binary
// that decides for them under the rules of Metacontroller, clients that write and read all the time, and what is
// measured meanwhile.
//
//	run.go      the control plane, the product and the network of the Pods, for all tests of a package
//	cluster.go  a KafkaCluster: its hooks called whenever Metacontroller would, and what it says of itself
//	found.go    a KafkaCluster that somebody else has made, and runs before any hook is called
//	calls.go    who is called, and the rule that every answer is held to; operations.go for CruiseControlOperations
//	wait.go     waits, and kubectl
//	traffic.go  a producer and a consumer, and the proof that nothing is lost
//	sampler.go  how many replicas are in sync, asked all the time
//	measured.go what happened in one part of a test
//
// It tests nothing by itself: e2e/roll and e2e/scale do. It imports the standard library, the rest of the e2e module,
// k8s.io/apimachinery and librdkafka's client.
package live
