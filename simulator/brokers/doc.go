// Package brokers plays Kafka at the level of its public behaviour: what a process does with the configuration that
// it finds mounted, the KRaft quorum, registration and fencing of brokers, partition leaders and in-sync replicas,
// and clients that write with acks=all. It answers the questions that Kompositor puts to a Kafka cluster.
//
// A process starts only on a configuration that Kafka would start on: ids, roles, listeners, voters and log
// directories have to agree with each other, with the Pod's mounts and with what is on its volumes. It reaches
// another only by an address that a Service of the world resolves to a Pod that listens there.
//
// What it is not: it has no records, no bandwidth, no time to move data beyond a few ticks; Cruise Control is absent.
// ZooKeeper, where a configuration asks for it, is one that never fails.
//
// Sources: Apache Kafka 4.x, KafkaConfig, QuorumConfig, ReplicationControlManager; KIP-631, KIP-836, KIP-841,
// KIP-853.
//
// It may import: simulator/apiserver, simulator/identity, simulator/kubelet, sync. One goroutine.
package brokers
