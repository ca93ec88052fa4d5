// Package server is the HTTP room: it turns one call of Metacontroller into one walk along the line (walk.go) and
// back.
//
// It decodes and encodes, keeps deadlines, authenticates, logs one line a call, counts, and records calls when asked
// to. Metacontroller reads any 200 as the complete truth and deletes what is not in it; so an answer is encoded whole
// before its first byte is sent, and whatever went wrong before that is a 4xx or a 500, both of which change nothing.
//
// What this package is not: it knows no Kafka, no Kubernetes object and no kind of parent by name; it decides nothing
// and keeps no state between calls.
//
// It may import: sync, cases, chi, zerolog, the Prometheus client, and the JSON library. It must not import
// sync/<kind>, api, or an adapter: main hands them in.
package server
