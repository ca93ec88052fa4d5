// Package dynamicconfig answers one question: what differs between the dynamic configuration that a KafkaCluster asks
// for and the one that Kafka describes? It says which keys to set and to delete, which stand in the wrong place, what
// was changed by hand, and what is not known. What Kafka refuses rests longer each time before it is tried again.
//
// What this package is not: it knows no Pod and no restart, and it writes nothing.
//
// It may import: api, sync, sync/properties, and the standard library's pure parts.
//
// # Update modes
//
// Every key of a broker has one of Kafka's update modes (KIP-226): read-only, per-broker or cluster-wide. table.go has
// them for all keys of some releases of Kafka, read from Kafka's own classes and not from its documentation:
//
//   - the keys and their types are kafka.server.KafkaConfig.configDef(), and those that
//     DynamicConfig.Broker.configKeys() has beyond them, which are dynamic for one broker and for all;
//   - the modes are DynamicBrokerConfig.dynamicConfigUpdateModes(): in kafka.server up to 4.2, in
//     org.apache.kafka.server.config from 4.3;
//   - the keys of SslConfigs.RECONFIGURABLE_CONFIGS are dynamic behind the prefix of a listener only, as
//     DynamicBrokerConfig.validateConfigs() has it.
//
// For a new release: resolve org.apache.kafka:kafka_2.13 of that release with its dependencies, have a small Java
// program print these facts by reflection, add the release to versions and its column to every row. A key that is new
// gets a row, one that is gone a minus.
//
// What a broker itself describes outweighs the table. DescribeConfigs only compares names with those of the dynamic
// keys, though, so it calls read-only what stands behind a listener's prefix, what it has no type for, such as a
// plugin's keys, and, up to 4.2, the throttles of replication. What it says of these means nothing: a key that is set
// dynamically is dynamic.
package dynamicconfig
