package children

import (
	"github.com/kompositor/kompositor/sync"
)

// metadata is all of an object's metadata that we state. Labels and annotations are there even when empty: leaving
// out a map that was stated before makes Metacontroller delete the whole live map, foreign entries included.
type metadata struct {
	Name        string            `json:"name"`
	Namespace   string            `json:"namespace"`
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
}

// object is a child with a spec.
type object[Spec any] struct {
	APIVersion string   `json:"apiVersion"`
	Kind       string   `json:"kind"`
	Metadata   metadata `json:"metadata"`
	Spec       Spec     `json:"spec"`
}

// configMap is a child with data.
type configMap struct {
	APIVersion string            `json:"apiVersion"`
	Kind       string            `json:"kind"`
	Metadata   metadata          `json:"metadata"`
	Data       map[string]string `json:"data"`
}

const coreV1 = "v1"

// child makes a child of an API version and kind. The spec is taken by pointer: a PodSpec is large.
func child[Spec any](apiVersion, kind string, meta metadata, spec *Spec) sync.Child {
	return sync.Child{
		APIVersion: apiVersion, Kind: kind, Name: meta.Name,
		Object: &object[*Spec]{APIVersion: apiVersion, Kind: kind, Metadata: meta, Spec: spec},
	}
}

// meta is a child's metadata. Labels of the KafkaCluster are added where the user wants them to be.
func (c *Cluster) meta(name string, labels, annotations map[string]string) metadata {
	return metadata{Name: name, Namespace: c.Parent.Namespace, Labels: c.propagated(labels), Annotations: annotations}
}
