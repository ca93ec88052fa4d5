// Package pki makes keys and certificates. Chance lives here and not in sync: what was made once is kept in a Secret
// and read from there ever after.
//
// In its first form it keeps the certificate of the hook itself, so that Metacontroller can call it over TLS without
// cert-manager: a CA made once, a serving certificate renewed in time, and the bearer token of the calls (serving.go).
// They live in one Secret that all replicas share (secret.go), and as files beside the server, which reads them again
// when they change (keeper.go). docs/adr/0012-hook-tls.md says why it is done this way.
//
// What this package is not: a Kubernetes client (it reads and updates one Secret and nothing else), a general CA, or a
// judge of what a Kafka cluster needs.
//
// It may import: api, sync, the Kubernetes API types, and zerolog. It must not import another adapter or server.
package pki
