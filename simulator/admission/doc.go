// Package admission is what the CustomResourceDefinitions of this project let into an API server: defaults, types,
// limits and validation rules of the shipped manifests, as kube-apiserver applies them. e2e puts what users do in
// simulated worlds to a real API server, and wants the same verdicts.
//
// A change is looked at where it changes something: a mistake that an object had before the rule against it was there
// stands in nobody's way (KEP-4008, ratcheting).
//
// What it is not: a field that the schema does not know is refused, as kubectl has it refused; an API server by itself
// drops it with a warning. It looks at no metadata.
//
// It may import: manifests, simulator/apply, simulator/cel, k8s.io/apimachinery, sigs.k8s.io.
package admission
