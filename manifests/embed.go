package manifests

import "embed"

// Files are the manifests by their paths in this folder, such as "crd/kafka.banzaicloud.io_kafkaclusters.yaml" or
// "samples/kafkacluster-demo.yaml".
//
//go:embed kustomization.yaml crd base controllers components samples
var Files embed.FS
