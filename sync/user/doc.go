// Package user decides for a KafkaUser: which ACLs, SCRAM credential and quotas Kafka is to hold for it, and what the
// Secret with its password is.
//
// The line through this package is Observe (observe.go), Ask (ask.go), Plan (plan.go). One file answers one question:
//
//	acls.go         which ACLs do the grants ask for, and which of those in Kafka are ours?
//	credential.go   which password does the user log in with, and does Kafka know it?
//	quotas.go       which quotas does the CR ask for?
//	cluster.go      which cluster is it, and can it be asked?
//	finalize.go     what is taken back when the user goes?
//	status.go       what is the user of kubectl told?
//	customize.go    which other objects must be seen?
//
// Only what this resource gave is ever taken back. What it is about to give is written down in the status one call
// before it is given, so that a lost answer leaves nothing behind that nobody knows of.
//
// What this package is not: it makes no certificate and no password, and it talks to nobody.
//
// It may import: api, sync, the leaves of sync, sync/children, the Kubernetes API types and the standard library's pure
// parts.
package user
