// Package cases reads, writes and runs case folders: one hook call, complete by itself, in YAML.
//
//	request.yaml   # Why: <one sentence>, then hook, finalizing, parent, children, related (keys of hook v2)
//	facts.yaml     what the world answered; absent: every fact is unknown
//	response.yaml  what Metacontroller was told, canonical, compared byte for byte
//	commands.yaml  the commands that were performed, with "failed" where one had no effect; absent: none
//
// The golden cases below sync/<kind>/testdata/cases are such folders, and so is every call that the server records: an
// incident arrives as a test.
//
// What this package is not: it decides nothing and it redacts nothing (server/record.go does, before it saves). It does
// I/O on the local file system only, so nothing in sync may import it outside of its tests.
//
// It may import: sync, and the JSON and YAML libraries. It is imported by server, by main, and by the tests of
// sync/<kind>.
package cases
