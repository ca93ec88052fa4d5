package sync

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Request is one call of Metacontroller's sync or finalize hook.
//
// Only what a decision looks at is decoded: managedFields and most of a Pod's spec never become Go values. Both
// versions of the hook have this shape; they differ in the keys of the object maps (name, or namespace/name), and a
// name is always read from the object itself.
type Request struct {
	// Controller is what calls: the CompositeController's own configuration.
	Controller Controller `json:"controller,omitzero"`
	// Parent is nil when the request has none.
	Parent *ParentObject `json:"parent"`
	// Children are the observed objects that the parent owns.
	Children Children `json:"children"`
	// Related are the objects asked for by customize.
	Related Related `json:"related"`
	// Finalizing is true when the parent is being deleted, or no longer matches the controller's label selector.
	Finalizing bool `json:"finalizing"`
}

// ParentObject is a parent of any kind, with spec and status left as text: the types that they have are known only to
// the Hook, and a spec that does not fit its type is the user's mistake, not a malformed request.
type ParentObject struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Meta       `json:"metadata"`
	Spec       jsontext.Value `json:"spec"`
	Status     jsontext.Value `json:"status"`
}

// Identity says whose call this is.
func (o *ParentObject) Identity() Parent {
	return Parent{Kind: o.Kind, Namespace: o.Namespace, Name: o.Name, UID: o.UID, Generation: o.Generation}
}

// Controller is the part of a CompositeController that decides what becomes of an answer.
type Controller struct {
	Spec struct {
		ChildResources []ChildResource `json:"childResources,omitempty"`
	} `json:"spec,omitzero"`
}

// ChildResource says how Metacontroller updates children of a kind.
type ChildResource struct {
	APIVersion     string `json:"apiVersion"`
	Resource       string `json:"resource"`
	UpdateStrategy struct {
		Method string `json:"method,omitzero"`
	} `json:"updateStrategy,omitzero"`
}

// UpdateMethod is the update strategy for a resource, such as pods; OnDelete is Metacontroller's default.
func (c *Controller) UpdateMethod(resource string) string {
	for _, child := range c.Spec.ChildResources {
		if child.Resource == resource && child.UpdateStrategy.Method != "" {
			return child.UpdateStrategy.Method
		}
	}
	return "OnDelete"
}

// Lists says whether the controller watches children of a resource, such as deployments: one of a kind that it does not
// would be made again by every call. A request that does not tell of the controller says nothing against it.
func (c *Controller) Lists(resource string) bool {
	return len(c.Spec.ChildResources) == 0 || slices.ContainsFunc(c.Spec.ChildResources, func(child ChildResource) bool {
		return child.Resource == resource
	})
}

// Children are the observed children of a parent, by kind. A kind that this release does not draw is kept in Other,
// so that a controller configured with more kinds than we know never has them deleted by omission.
type Children struct {
	Pods                   Objects[Pod]                   `json:"Pod.v1"`
	PersistentVolumeClaims Objects[PersistentVolumeClaim] `json:"PersistentVolumeClaim.v1"`
	ConfigMaps             Objects[ConfigMap]             `json:"ConfigMap.v1"`
	Services               Objects[Service]               `json:"Service.v1"`
	Secrets                Objects[Secret]                `json:"Secret.v1"`
	PodDisruptionBudgets   Objects[PodDisruptionBudget]   `json:"PodDisruptionBudget.policy/v1"`
	Deployments            Objects[Deployment]            `json:"Deployment.apps/v1"`
	KafkaTopics            Objects[Referenced]            `json:"KafkaTopic.kafka.banzaicloud.io/v1alpha1"`
	Operations             Objects[Referenced]            `json:"CruiseControlOperation.kafka.banzaicloud.io/v1alpha1"`
	Other                  map[string]Objects[Unknown]    `json:",embed"`
}

// Related are the objects that customize asked for.
type Related struct {
	Secrets    Objects[Secret]    `json:"Secret.v1"`
	ConfigMaps Objects[ConfigMap] `json:"ConfigMap.v1"`
	// KafkaClusters are those that a topic or a user refers to.
	KafkaClusters Objects[Referenced] `json:"KafkaCluster.kafka.banzaicloud.io/v1beta1"`
	// Operations are the CruiseControlOperations of one cluster.
	Operations Objects[Referenced] `json:"CruiseControlOperation.kafka.banzaicloud.io/v1alpha1"`
}

// Objects are the values of one of Metacontroller's object maps, sorted by namespace and name.
type Objects[T any] []T

// UnmarshalJSONFrom reads a JSON object and drops its keys; null reads as none.
func (o *Objects[T]) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	*o = nil
	if dec.PeekKind() == 'n' {
		_, err := dec.ReadToken()
		return err
	}
	if dec.PeekKind() != '{' {
		return &json.SemanticError{JSONKind: dec.PeekKind(), JSONPointer: dec.StackPointer()}
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for dec.PeekKind() != '}' {
		if _, err := dec.ReadToken(); err != nil {
			return err
		}
		var value T
		if err := json.UnmarshalDecode(dec, &value); err != nil {
			return err
		}
		if pod, ok := any(&value).(*Pod); ok {
			pod.Annotations.lastApplied = nil // never asked for, and more than half of what would be kept of a large cluster
		}
		*o = append(*o, value)
	}
	_, err := dec.ReadToken()
	return err
}

// named is what every observed object can tell: who it is.
type named interface{ Metadata() *Meta }

// Sort orders objects by namespace and name, so that nothing after it depends on the order of a map.
func Sort[T any, P interface {
	*T
	named
}](objects Objects[T],
) {
	sort.Sort(byName[T, P](objects)) // slices.SortFunc would copy two of these large values for every comparison
}

// byName is the order of Sort.
type byName[T any, P interface {
	*T
	named
}] Objects[T]

func (b byName[T, P]) Len() int { return len(b) }

func (b byName[T, P]) Swap(i, j int) { b[i], b[j] = b[j], b[i] }

func (b byName[T, P]) Less(i, j int) bool {
	left, right := P(&b[i]).Metadata(), P(&b[j]).Metadata()
	return cmp.Or(strings.Compare(left.Namespace, right.Namespace), strings.Compare(left.Name, right.Name)) < 0
}

// CustomizeRequest is one call of Metacontroller's customize hook.
type CustomizeRequest struct {
	Parent *ParentObject `json:"parent"`
}

// CustomizeResponse names the related objects that Metacontroller adds to every Request of this generation of the
// parent.
type CustomizeResponse struct {
	RelatedResources []RelatedResource `json:"relatedResources"`
}

// RelatedResource selects related objects, by Names or by LabelSelector, never both.
type RelatedResource struct {
	APIVersion    string         `json:"apiVersion"`
	Resource      string         `json:"resource"`
	Namespace     string         `json:"namespace,omitzero"`
	Names         []string       `json:"names,omitempty"`
	LabelSelector *LabelSelector `json:"labelSelector,omitzero"`
}

// LabelSelector is the part of a Kubernetes label selector that customize uses.
type LabelSelector struct {
	MatchLabels map[string]string `json:"matchLabels,omitempty"`
}
