// Package node runs the Pods that a control plane of e2e/kube has scheduled, with e2e/kubelet: it starts them with the
// ConfigMaps, Secrets and claims that the API server has, writes their statuses, and stops and removes those that are
// deleted, within their grace period. One Node stands for the kubelets of all nodes.
//
// It differs from kubelets: a Pod's volumes stay as they were when it started, statuses
// have no hostIP and conditions no times, and there is no eviction and no image to pull. The DNS names of a namespace's
// Services lead to its Pods; nothing else of the cluster's network is there.
//
// It imports the standard library, k8s.io/api, k8s.io/apimachinery, e2e/kube and e2e/kubelet.
package node
