// Package chapters tells the life of one cluster to somebody who looks on: it is made, gets a broker, restarts, loses a
// broker and is deleted.
//
// What it is not: a test. Transcripts and seeds are.
//
// It may import: simulator and below.
package chapters
