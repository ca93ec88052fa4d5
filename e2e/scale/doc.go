// Package scale shows, with real brokers, that brokers come and go with their data: Cruise Control is played, and what
// it moves Kafka moves for real. It has tests only; docs/scaling.md has their table.
//
// It is not where single rules are tested: those have cases in the product.
package scale
