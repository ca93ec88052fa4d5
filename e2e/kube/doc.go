// Package kube runs a Kubernetes control plane on loopback addresses for tests and talks to it.
//
// What is real: etcd, kube-apiserver, kube-controller-manager and kube-scheduler, each its own process built from its
// Go module by e2e/controlplane/build.sh, with RBAC, the default admission plugins and the default feature gates.
//
// What is played: nodes and kubelets (kwok, by the stages in nodes.yaml and pods.yaml), the volume provisioner and
// resizer, and the cloud's load balancers (played.go). No container runs and no volume holds data. A test that runs the
// Pods itself says so in [Config], and kwok plays nodes only.
//
// It is not a general test environment and not a client library: objects are unstructured, and callers poll; only a
// [Cache] watches. It imports only the standard library, k8s.io/apimachinery and sigs.k8s.io/yaml.
package kube
