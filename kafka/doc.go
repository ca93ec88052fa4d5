// Package kafka is the adapter between the pure room and Kafka clusters. It stands at two steps of the line: Answer
// turns sync.KafkaQuestions into sync.KafkaFacts and only reads; Perform carries out the commands that are addressed
// to Kafka and only writes.
//
// Two clients do the talking (docs/adr/0015): confluent-kafka-go, which is librdkafka, for the writes that it can do,
// and a narrow franz-go client for everything else. What is kept is connections, pooled by cluster and credential,
// bounded, closed when idle, and nothing else: any replica may answer any call. Every call has a deadline.
//
// A read that is late or refused is an unknown fact with the reason in words that a user can act on, never an error and
// never a guess; what one broker alone knows, its configuration and log directories, is unknown for that broker alone.
// What brokers say may be a moment old: each learns from the controller in its own time. The principal has to be
// allowed to see everything, as a super user is: topics that it may not describe are left out without a word.
//
// A write is safe to repeat: what is done already is a success. A refusal is Kafka's own code and words, with what to
// do about it. A write that was sent and not answered in time may have taken effect, and its error says so.
//
// What this package is not: it decides nothing, knows no child and no custom resource, and knows no other adapter.
//
// It may import: sync, confluent-kafka-go (as confluent), franz-go's kgo and kmsg, and the Prometheus client.
package kafka
