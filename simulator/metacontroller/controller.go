package metacontroller

import (
	"strings"
	"time"

	"github.com/kompositor/kompositor/simulator/apiserver"
)

// Method is an update strategy.
type Method string

// The update strategies of a child kind.
const (
	OnDelete Method = "OnDelete"
	InPlace  Method = "InPlace"
	Recreate Method = "Recreate"
)

// Child is one child kind of a Controller.
type Child struct {
	// Kind is the key of the object map, such as Pod.v1.
	Kind   string
	Method Method
}

// Controller is a CompositeController, as far as it is played here.
type Controller struct {
	Name string
	// Parent is the parent's kind, such as KafkaCluster.kafka.banzaicloud.io/v1beta1.
	Parent string
	// Hook is the last element of the hooks' paths, such as kafkacluster.
	Hook string
	// Resource is the parent's plural, such as kafkaclusters.
	Resource     string
	Children     []Child
	ResyncPeriod time.Duration
	// IgnoreStatusChanges drops events of the parent that changed no more than its status.
	IgnoreStatusChanges bool
}

// KafkaClusters is the CompositeController that Kompositor ships for KafkaClusters.
func KafkaClusters() Controller {
	return Controller{
		Name:     "kafkacluster",
		Parent:   "KafkaCluster.kafka.banzaicloud.io/v1beta1",
		Hook:     "kafkacluster",
		Resource: "kafkaclusters",
		Children: []Child{
			{"Pod.v1", OnDelete},
			{"PersistentVolumeClaim.v1", InPlace},
			{"ConfigMap.v1", InPlace},
			{"Service.v1", InPlace},
			{"Secret.v1", InPlace},
			{"PodDisruptionBudget.policy/v1", InPlace},
			{"Deployment.apps/v1", InPlace},
			{"KafkaTopic.kafka.banzaicloud.io/v1alpha1", InPlace},
			{"CruiseControlOperation.kafka.banzaicloud.io/v1alpha1", InPlace},
		},
		ResyncPeriod: time.Minute,
	}
}

// KafkaTopics is the CompositeController that Kompositor ships for KafkaTopics.
func KafkaTopics() Controller {
	return Controller{
		Name:     "kafkatopic",
		Parent:   "KafkaTopic.kafka.banzaicloud.io/v1alpha1",
		Hook:     "kafkatopic",
		Resource: "kafkatopics",
		Children: []Child{
			{"ConfigMap.v1", InPlace}, {"CruiseControlOperation.kafka.banzaicloud.io/v1alpha1", InPlace},
		},
		ResyncPeriod:        time.Minute,
		IgnoreStatusChanges: true,
	}
}

// KafkaUsers is the CompositeController that Kompositor ships for KafkaUsers.
func KafkaUsers() Controller {
	return Controller{
		Name:                "kafkauser",
		Parent:              "KafkaUser.kafka.banzaicloud.io/v1alpha1",
		Hook:                "kafkauser",
		Resource:            "kafkausers",
		Children:            []Child{{"Secret.v1", InPlace}},
		ResyncPeriod:        time.Minute,
		IgnoreStatusChanges: true,
	}
}

// Operations is the CompositeController that Kompositor ships for CruiseControlOperations.
func Operations() Controller {
	return Controller{
		Name:                "cruisecontroloperation",
		Parent:              "CruiseControlOperation.kafka.banzaicloud.io/v1alpha1",
		Hook:                "cruisecontroloperation",
		Resource:            "cruisecontroloperations",
		ResyncPeriod:        time.Minute,
		IgnoreStatusChanges: true,
	}
}

// Shipped are all CompositeControllers that Kompositor ships, that of KafkaClusters first.
func Shipped() []Controller {
	return []Controller{KafkaClusters(), KafkaTopics(), KafkaUsers(), Operations()}
}

// Finalizer is the finalizer that Metacontroller puts on parents of a controller with a finalize hook.
func (c *Controller) Finalizer() string { return "metacontroller.io/compositecontroller-" + c.Name }

// method returns the update strategy of a child kind, and whether the controller has that kind at all.
func (c *Controller) method(kind string) (Method, bool) {
	for _, child := range c.Children {
		if child.Kind == kind {
			return child.Method, true
		}
	}
	return OnDelete, false
}

// object is the CompositeController as requests show it. Hooks must take it for information only.
func (c *Controller) object() apiserver.Object {
	kind, apiVersion, _ := strings.Cut(c.Parent, ".")
	children := make([]any, 0, len(c.Children))
	for _, child := range c.Children {
		name, version, _ := strings.Cut(child.Kind, ".")
		children = append(children, apiserver.Object{
			"apiVersion": version, "resource": strings.ToLower(name) + "s",
			"updateStrategy": apiserver.Object{"method": string(child.Method)},
		})
	}
	return apiserver.Object{
		"apiVersion": "metacontroller.k8s.io/v1alpha1",
		"kind":       "CompositeController",
		"metadata":   apiserver.Object{"name": c.Name},
		"spec": apiserver.Object{
			"parentResource":      apiserver.Object{"apiVersion": apiVersion, "resource": c.Resource, "kind": kind},
			"childResources":      children,
			"generateSelector":    true,
			"resyncPeriodSeconds": int64(c.ResyncPeriod.Seconds()),
		},
	}
}

// kindOf returns the kind of a resource that a customize hook names.
func kindOf(apiVersion, resource string) (string, bool) {
	kinds := map[string]string{
		"secrets": "Secret", "nodes": "Node", "configmaps": "ConfigMap", "services": "Service", "pods": "Pod",
		"persistentvolumeclaims": "PersistentVolumeClaim", "persistentvolumes": "PersistentVolume",
		"storageclasses": "StorageClass", "serviceaccounts": "ServiceAccount", "namespaces": "Namespace",
		"kafkaclusters": "KafkaCluster", "kafkatopics": "KafkaTopic", "kafkausers": "KafkaUser",
		"cruisecontroloperations": "CruiseControlOperation",
	}
	kind, ok := kinds[resource]
	return apiserver.GVK(apiVersion, kind), ok
}
