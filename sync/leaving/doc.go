// Package leaving answers one question: what holds a broker that the spec no longer lists, as far as its data goes?
//
// Nothing does when Kafka's list of all partitions shows no replica on it, and its own log directories are empty as
// long as it can be asked for them. Whether it votes is a question of sync/voters. The gate (sync/gate) asks both facts
// again in its own words.
package leaving
