// Package cruisecontrol answers two questions: what does Cruise Control read, and may it start?
//
//	settle.go     may it start, and which children does it consist of?
//	reads.go      what does it read when it starts, so that another content restarts it, and nothing else?
//	capacity.go   how large are the brokers, as it is told?
//	topic.go      is the topic there that it reads the brokers' metrics from?
//
// What this package is not: it draws no child (sync/children does), it does not talk to Cruise Control (the adapter of
// that name does), and it runs no operation.
//
// It may import: api, sync, sync/children, sync/parent, sync/properties, the JSON library and the standard library's
// pure parts.
package cruisecontrol
