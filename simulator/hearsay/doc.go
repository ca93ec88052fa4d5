// Package hearsay makes of true facts what a service is told in bad weather: facts of before, and facts that are
// missing.
//
// What it is not: it decides nothing. When and which, its caller says.
//
// It may import: sync.
package hearsay
