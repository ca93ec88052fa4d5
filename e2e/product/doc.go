// Package product puts what is shipped onto a control plane of e2e/kube: it applies the manifests, runs the binary as
// the shipped Deployment says, and plays Metacontroller for the shipped CompositeControllers.
//
// It tests nothing itself. It imports the standard library, k8s.io/apimachinery, e2e/kube and e2e/metacontroller; the
// product is a binary and a folder of YAML to it.
package product
