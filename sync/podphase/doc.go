// Package podphase answers one question: where does a broker's Pod stand? It reads what scheduler, kubelet and the node
// controllers say of a Pod: whether a process may run in it, and why it does not, in Kubernetes' own words.
//
// What this package is not: it decides nothing about the Pod.
//
// It may import: sync, and the standard library's pure parts.
package podphase
