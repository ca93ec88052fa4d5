package cluster

import (
	"errors"
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/mistakes"
	"github.com/kompositor/kompositor/sync/parent"
)

// onDelete is Metacontroller's update strategy that leaves a listed child alone.
const onDelete = "OnDelete"

// Hook is the KafkaCluster's half of the line.
type Hook struct{}

// Observed is a sync or finalize call for a KafkaCluster, understood.
type Observed struct {
	request  *sync.Request
	identity sync.Parent
	parent   v1beta1.KafkaCluster
	// foreground says that the parent is deleted with --cascade=foreground: Kubernetes deletes the children, whatever is
	// answered.
	foreground bool
	// deleting says that the parent has a deletion timestamp.
	deleting bool
	mistakes field.ErrorList
	// brokers are all brokers of the spec and all that have left something behind, by id.
	brokers []*broker
	// strangers are Pods and claims of ours that carry no broker id. They are never let go.
	strangers []sync.Child
	// nobodys are the claims among them.
	nobodys []*sync.PersistentVolumeClaim
	// taken is the stock once it is taken.
	taken *stock
}

// Observe reads a request. Its error means that the parent is no KafkaCluster.
func (Hook) Observe(request sync.Request) (sync.Observed, error) {
	object, err := readParent(request.Parent)
	if err != nil {
		return nil, err
	}
	if method := request.Controller.UpdateMethod("pods"); method != onDelete {
		// With any other method Metacontroller replaces or edits every Pod whose listing differs, all at once.
		return nil, fmt.Errorf(
			"the CompositeController updates pods with %s: set updateStrategy.method of pods to %s", method, onDelete)
	}
	if malformed := request.Children.Malformed(); malformed != "" {
		return nil, errors.New(malformed)
	}
	o := &Observed{
		request: &request, identity: object.Identity(), deleting: object.Terminating(),
		foreground: slices.Contains(object.Finalizers, metav1.FinalizerDeleteDependents),
	}
	o.identity.Cluster = object.Namespace + "/" + object.Name
	o.parent.TypeMeta, o.parent.ObjectMeta = object.TypeMeta(), object.ObjectMeta()
	// The cluster id lives in the status: going on without it could format a volume for another cluster.
	o.mistakes = object.ReadStatus(&o.parent.Status)
	o.mistakes = append(o.mistakes, mistakes.Read(object, &o.parent)...)
	o.sortChildren()
	o.gatherBrokers(object.Spec)
	o.checkControllers()
	return o, nil
}

func readParent(object *sync.ParentObject) (*parent.Object, error) {
	return parent.Read(object, v1beta1.GroupVersion().WithKind("KafkaCluster"))
}

func (o *Observed) sortChildren() {
	children, related := &o.request.Children, &o.request.Related
	sync.Sort(children.Pods)
	sync.Sort(children.PersistentVolumeClaims)
	sync.Sort(children.ConfigMaps)
	sync.Sort(children.Services)
	sync.Sort(children.Secrets)
	sync.Sort(children.PodDisruptionBudgets)
	sync.Sort(children.Deployments)
	sync.Sort(children.KafkaTopics)
	sync.Sort(children.Operations)
	for _, objects := range children.Other {
		sync.Sort(objects)
	}
	sync.Sort(related.Secrets)
}

// Parent says whose call this is.
func (o *Observed) Parent() sync.Parent { return o.identity }

// Request is what was observed, for those who check that nobody changed it.
func (o *Observed) Request() *sync.Request { return o.request }
