// Package v1beta1 holds the KafkaCluster kind of the group kafka.banzaicloud.io.
//
// It is the user's side of the house: the types of the custom resource with
// exactly Koperator's JSON field names, the documented defaults, the brokers
// resolved from their groups, and the check of a spec that lists every mistake
// at once.
//
// It is not a client and not a controller: nothing here does I/O, reads a clock
// or keeps state. Names and contents of Kubernetes children belong to
// sync/children, decisions to sync/cluster.
//
// It may import k8s.io/api, k8s.io/apimachinery and the standard library's pure
// packages, nothing else of this module.
//
// testdata/rejected holds custom resources that the API server itself refuses
// with the CRDs of manifests/crd: the first line of a file is
// "# want: <part of the message>", and where a file holds two documents, the
// first is accepted and the second, an update of it, is refused. e2e applies them.
//
// +kubebuilder:object:generate=true
// +kubebuilder:validation:Optional
// +groupName=kafka.banzaicloud.io
package v1beta1

//go:generate go run sigs.k8s.io/controller-tools/cmd/controller-gen@v0.21.0 object paths=.
//go:generate go run sigs.k8s.io/controller-tools/cmd/controller-gen@v0.21.0 crd paths=. output:crd:dir=../../manifests/crd
