// Package roll shows, with real brokers, that a change reaches every node of a live cluster and loses nothing: the
// shipped binary decides from what real brokers tell it, under the rules of Metacontroller, on a real control plane,
// while a producer and a consumer run. It has tests only; docs/rolling.md has their table.
//
// It is not where single rules are tested: those have cases in the product.
package roll
