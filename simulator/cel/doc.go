// Package cel evaluates the validation rules of our CRDs: the part of the Common Expression Language that they are
// written in, and no more. A rule that needs more does not compile, and the tests say so.
//
// The library that kube-apiserver uses for it (github.com/google/cel-go) would be a large part of the shipped binary,
// for thirty rules in a simulated world. What is here is compared with it: e2e puts what users do in simulated worlds
// to a real API server, and wants the same verdicts.
//
// What it is not: it checks no types before a rule runs, and counts no cost. It knows whole numbers, texts, truths,
// lists and objects; no floating point, no time, no regular expressions.
//
// It may import: k8s.io/apimachinery.
package cel
