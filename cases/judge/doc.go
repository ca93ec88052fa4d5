// Package judge tries a hook on its case folders: it compares the answers with those recorded, and checks the laws that
// hold for every kind of parent, because a golden only records. Tests of the kinds import it.
//
// What it is not: it knows no kind of parent; what only one kind must obey, that kind's own tests check.
//
// It may import: cases, sync, and the standard library's testing.
package judge
