// Package sweep lets one story of a cluster live again and again: once undisturbed, which tells every point at which
// Cruise Control is asked or told something, and then once for each of these points and each kind of fault, which
// strikes there and nowhere else. Every life must come to the same end and keep all laws.
//
// What it is not: it draws nothing by chance (seeds does), and has no law of its own: those are the world's.
//
// It may import: simulator and below, and sync for the type of the hooks.
package sweep
