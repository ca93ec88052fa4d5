// Package v1alpha1 holds the kinds KafkaTopic, KafkaUser and
// CruiseControlOperation of the group kafka.banzaicloud.io, with exactly
// Koperator's JSON field names.
//
// It is not a client and not a controller: nothing here does I/O, reads a clock
// or keeps state.
//
// It may import api/v1beta1, k8s.io/api, k8s.io/apimachinery and the standard
// library's pure packages, nothing else of this module.
//
// +kubebuilder:object:generate=true
// +kubebuilder:validation:Optional
// +groupName=kafka.banzaicloud.io
package v1alpha1

//go:generate go run sigs.k8s.io/controller-tools/cmd/controller-gen@v0.21.0 object paths=.
//go:generate go run sigs.k8s.io/controller-tools/cmd/controller-gen@v0.21.0 crd paths=. output:crd:dir=../../manifests/crd
