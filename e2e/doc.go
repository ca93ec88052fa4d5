// Package e2e tests Kompositor against a real Kubernetes API server. It has tests only; docs/e2e.md says what is real,
// what is played, and how to run one test.
//
// It is a Go module of its own, so that nothing that only these tests need becomes a requirement of the product.
package e2e
