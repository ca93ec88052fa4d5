package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kompositor/kompositor/api/v1beta1"
)

// Version is the API version of the kinds in this package.
const Version = "v1alpha1"

// GroupVersion returns the group and version of the kinds in this package.
func GroupVersion() schema.GroupVersion {
	return schema.GroupVersion{Group: v1beta1.Group, Version: Version}
}

// AddToScheme registers the kinds of this package with a client's scheme. It always returns nil.
func AddToScheme(s *runtime.Scheme) error {
	s.AddKnownTypes(GroupVersion(),
		&KafkaTopic{}, &KafkaTopicList{},
		&KafkaUser{}, &KafkaUserList{},
		&CruiseControlOperation{}, &CruiseControlOperationList{})
	metav1.AddToGroupVersion(s, GroupVersion())
	return nil
}
