// Package gate answers one question: may this answer be given? It believes nothing of what was decided before: from
// what is observed and the facts alone it checks each child that is let go against the laws that guard data (one to
// four), and that this very cluster would take each command to Kafka.
//
// What this package is not: it decides nothing and mends nothing. It knows neither why a step was chosen nor what to do
// instead.
//
// It may import: sync, sync/disks, sync/upgrade, sync/voters and the standard library's pure parts.
package gate
