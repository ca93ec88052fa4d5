// Package edits is what a user changes in the text of a KafkaCluster: a field, its brokers, their disks.
//
// What it is not: it knows no world. What becomes of an edit, its caller sees.
//
// It may import: simulator/apiserver.
package edits
