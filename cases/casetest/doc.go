// Package casetest is how a kind of parent tests itself with its case folders: each is answered and compared byte for
// byte, and the laws that hold of every kind's answers are checked on top, because a golden only records.
//
// What this package is not: it knows no kind of parent, and no law that is one kind's own.
//
// It may import: cases, sync, and testing.
package casetest
