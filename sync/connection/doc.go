// Package connection answers one question: how is a KafkaCluster reached by its administrator? All kinds of parent that
// have something to ask of Kafka, or to do there, ask it here.
//
// What this package is not: it connects to nothing, and decides nothing.
//
// It may import: api, sync, sync/children, sync/parent, sync/properties.
package connection
