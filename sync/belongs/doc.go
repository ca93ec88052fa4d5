// Package belongs answers one question: which broker does an observed object belong to? Its name says so, where it is
// one that we or Koperator give: nobody can change that. The label, which anybody can, says so for objects of any other
// name. Where the two contradict each other, both brokers are in doubt.
//
// What this package is not: it decides nothing about the object, nor about the brokers.
//
// It may import: sync, sync/children, and the standard library's pure parts.
package belongs
