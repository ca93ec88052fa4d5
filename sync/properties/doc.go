// Package properties reads and writes the text of Kafka's configuration files, by the rules of java.util.Properties.
//
// Text comes out sorted by key and in US-ASCII, escaped so that Java reads back exactly what was set, whatever the
// encoding it assumes. Parse(Text(p)) is p.
//
// What this package is not: it knows no key of Kafka's, no type of a value, no default.
//
// It may import: the standard library's pure parts.
package properties
