// Package kafka is the adapter between the pure room and a Kafka cluster, over confluent-kafka-go and its bundled
// librdkafka. It stands at two steps of the line: Answer turns sync.KafkaQuestions into sync.KafkaFacts and only reads;
// Perform carries out the commands that are addressed to Kafka and only writes. It holds nothing yet.
//
// What it will keep is connections, pooled by cluster, and nothing else: any replica may answer any call. A read that
// is late or refused is an unknown fact with the reason, never an error and never a guess. A write is safe to repeat.
//
// What this package is not: it decides nothing, knows no child and no custom resource, and knows no other adapter.
//
// It may import: sync, confluent-kafka-go (as confluent), zerolog and the Prometheus client.
package kafka
