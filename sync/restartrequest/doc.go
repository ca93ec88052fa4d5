// Package restartrequest answers one question: has a user asked for a restart of a broker, beside the spec?
//
// A request is an annotation of the KafkaCluster or of the broker's Pod, or a Pod that the spec's selector of tainted
// brokers matches. Each is heeded once: the Pod that is made then says for which value it was made.
//
// What this package is not: it does not know whether a restart is safe.
//
// It may import: sync, k8s.io/apimachinery and the standard library's pure parts.
package restartrequest
