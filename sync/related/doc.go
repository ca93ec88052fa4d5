// Package related answers one question: which objects that are no children of a cluster must a call for it show?
//
// What this package is not: it reads none of them, and knows no Node (docs/adr/0018).
//
// It may import: api, sync, sync/children.
package related
