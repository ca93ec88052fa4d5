// Package kafka has the images that generated Pods of a KafkaCluster are run from, as folders: Kafka of several
// versions, the JMX exporter, and a stand-in for Cruise Control's metrics reporter. fetch.sh lays them out from Maven's
// artifacts.
//
// Its tests run the shipped samples as real brokers. It is not a client of Kafka and knows nothing of the product; it
// imports the standard library and e2e/kubelet.
package kafka
