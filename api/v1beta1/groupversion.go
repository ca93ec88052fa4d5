package v1beta1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Group is the API group of all four kinds; it is Koperator's.
const Group = "kafka.banzaicloud.io"

// Version is the API version of KafkaCluster.
const Version = "v1beta1"

// GroupVersion returns the group and version of KafkaCluster.
func GroupVersion() schema.GroupVersion {
	return schema.GroupVersion{Group: Group, Version: Version}
}

// AddToScheme registers KafkaCluster with a client's scheme. It always returns nil.
func AddToScheme(s *runtime.Scheme) error {
	s.AddKnownTypes(GroupVersion(), &KafkaCluster{}, &KafkaClusterList{})
	metav1.AddToGroupVersion(s, GroupVersion())
	return nil
}
