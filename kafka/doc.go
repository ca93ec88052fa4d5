// Package kafka is the adapter between the pure room and Kafka clusters. It stands at two steps of the line: Answer
// turns sync.KafkaQuestions into sync.KafkaFacts and only reads; Perform carries out the commands that are addressed
// to Kafka and only writes.
//
// Two clients do the talking (docs/adr/0015): confluent-kafka-go, which is librdkafka, and a narrow franz-go client
// for the requests that librdkafka has no call for, such as the KRaft quorum, and to learn why a cluster can not be
// reached: its errors say TLS, DNS or refused where librdkafka says timed out. What is kept is connections, pooled by
// cluster and credential, bounded, closed when idle, and nothing else: any replica may answer any call. A read that
// is late or refused is an unknown fact with the reason in words that a user can act on, never an error and never a
// guess. A write is safe to repeat.
//
// What this package is not: it decides nothing, knows no child and no custom resource, and knows no other adapter.
//
// It may import: sync, confluent-kafka-go (as confluent), franz-go's kgo and kmsg, and the Prometheus client.
package kafka
