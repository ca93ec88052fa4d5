// Package kubelet plays the nodes of a cluster: scheduler, kubelets, volumes, node lifecycle and load balancers, one
// Step a tick of one second. Pods go through the states that a real kubelet shows, with its conditions, reasons and
// restart counts; what runs inside a Pod is a Workload's affair.
//
// The Pods of a Deployment are not made: the Deployment becomes available when what its template mounts is there.
//
// What it is not: it has no images, no resources to run out of, no network. Probes are answered by the Workload.
//
// It may import: simulator/apiserver, simulator/apply. One goroutine.
package kubelet
