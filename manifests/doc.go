// Package manifests is what a user applies to a Kubernetes cluster: the CRDs, the CompositeControllers that tell
// Metacontroller whom to ask, the Deployment of the hook with its rights, and samples.
//
//	kustomization.yaml  everything below but the samples and the components
//	crd/                the CRDs, generated from api
//	controllers/        one CompositeController for each kind of parent whose hook exists
//	base/               the hook itself
//	components/         kustomize components for some sites only
//	samples/            custom resources to start from, explained
//
// The Go part embeds these files, so that the binary, the simulator and the tests use exactly what is shipped.
//
// What this package is not: computed. There is no template and no function that changes an object; the settings of one
// installation are kustomize patches.
//
// It may import: embed and what reads an embedded file.
package manifests
