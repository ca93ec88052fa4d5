package topic

import (
	"errors"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/connection"
	"github.com/kompositor/kompositor/sync/parent"
)

// Hook is the KafkaTopic's half of the line.
type Hook struct{}

// Observed is a sync or finalize call for a KafkaTopic, understood.
type Observed struct {
	request  *sync.Request
	identity sync.Parent
	topic    v1alpha1.KafkaTopic
	// deleting says that the resource has a deletion timestamp.
	deleting bool
	// forgotten says that the status can not be read: what this resource has done before is not known.
	forgotten bool
	mistakes  field.ErrorList
	cluster   connection.Referred
	claims    claims
}

// Observe reads a request. Its error means that the parent is no KafkaTopic.
func (Hook) Observe(request sync.Request) (sync.Observed, error) {
	object, err := readParent(request.Parent)
	if err != nil {
		return nil, err
	}
	if malformed := request.Children.Malformed(); malformed != "" {
		return nil, errors.New(malformed)
	}
	o := &Observed{request: &request, identity: object.Identity(), deleting: object.Terminating()}
	o.topic.TypeMeta, o.topic.ObjectMeta = object.TypeMeta(), object.ObjectMeta()
	o.mistakes = object.ReadStatus(&o.topic.Status)
	o.forgotten = len(o.mistakes) > 0
	unreadable := object.ReadSpec(&o.topic.Spec)
	o.mistakes = append(o.mistakes, parent.Beside(unreadable, append(o.topic.Validate(), o.moved()...))...)
	slices.SortStableFunc(o.mistakes, func(a, b *field.Error) int { return strings.Compare(a.Field, b.Field) })
	sync.Sort(request.Children.ConfigMaps)
	sync.Sort(request.Children.Operations)
	sync.Sort(request.Related.ConfigMaps)
	for _, objects := range request.Children.Other {
		sync.Sort(objects)
	}
	o.identity.Cluster = reference(&o.topic).Key()
	o.cluster = connection.Find(&request.Related, reference(&o.topic))
	o.claims = gatherClaims(o)
	return o, nil
}

func readParent(object *sync.ParentObject) (*parent.Object, error) {
	return parent.Read(object, v1alpha1.GroupVersion().WithKind("KafkaTopic"))
}

func reference(topic *v1alpha1.KafkaTopic) connection.Reference {
	return connection.ReferenceOf(topic.Spec.ClusterRef, topic.Namespace)
}

// moved lists what can not be changed once the topic is there: going on would leave the topic that was made behind, and
// take one that was not made for ours.
func (o *Observed) moved() field.ErrorList {
	var mistakes field.ErrorList
	spec, status := field.NewPath("spec"), &o.topic.Status
	if was := status.TopicName; was != "" && was != o.topic.Spec.Name {
		mistakes = append(mistakes, field.Invalid(spec.Child("name"), o.topic.Spec.Name,
			"this resource has made or taken over topic "+was+", and Kafka renames no topic: make another KafkaTopic"))
	}
	if was := status.Cluster; was != "" && was != o.clusterName() && o.topic.Spec.ClusterRef.Name != "" {
		mistakes = append(mistakes, field.Invalid(spec.Child("clusterRef"), o.clusterName(),
			"this resource's topic is in KafkaCluster "+was+": make another KafkaTopic for another cluster"))
	}
	return mistakes
}

// clusterName is namespace/name of the KafkaCluster that the spec refers to.
func (o *Observed) clusterName() string {
	ref := reference(&o.topic)
	return ref.Namespace + "/" + ref.Name
}

// managedBy is who manages the topic, as the annotation says; it is us when there is none.
func (o *Observed) managedBy() string {
	if by := o.topic.Annotations[v1alpha1.ManagedByAnnotation]; by != "" {
		return by
	}
	return v1alpha1.ManagedByKoperator
}

// managed says that the topic is ours to manage. Source: Koperator, which compares without regard to case.
func (o *Observed) managed() bool {
	return strings.EqualFold(o.managedBy(), v1alpha1.ManagedByKoperator)
}

// Parent says whose call this is.
func (o *Observed) Parent() sync.Parent { return o.identity }

// Request is what was observed, for those who check that nobody changed it.
func (o *Observed) Request() *sync.Request { return o.request }
