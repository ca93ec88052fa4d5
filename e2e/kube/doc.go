// Package kube runs a Kubernetes control plane on loopback addresses for tests and talks to it.
//
// What is real: etcd, kube-apiserver, kube-controller-manager and kube-scheduler, each its own process built from its
// Go module by e2e/controlplane/build.sh, with RBAC, the default admission plugins and the default feature gates.
//
// What is played: nodes and kubelets (kwok, by the stages in stages.yaml), the volume provisioner and resizer, and the
// cloud's load balancers (played.go). No container runs and no volume holds data.
//
// It is not a general test environment and not a client library: objects are unstructured, there are no watches and no
// caches, and callers poll. It imports only the standard library, k8s.io/apimachinery and sigs.k8s.io/yaml.
package kube
