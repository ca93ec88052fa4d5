package cluster

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/specs"
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
	// taken is the stock once it is taken.
	taken *stock
}

// parentJSON is the parent with spec and status left as text: a spec that does not fit its type is the user's mistake,
// not a malformed request.
type parentJSON struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	sync.Meta  `json:"metadata"`
	Spec       jsontext.Value `json:"spec"`
	Status     jsontext.Value `json:"status"`
}

// Observe reads a request. Its error means that the parent is no KafkaCluster.
func (Hook) Observe(request sync.Request) (sync.Observed, error) {
	parent, err := readParent(request.Parent)
	if err != nil {
		return nil, err
	}
	if method := request.Controller.UpdateMethod("pods"); method != onDelete {
		// With any other method Metacontroller replaces or edits every Pod whose listing differs, all at once.
		return nil, fmt.Errorf(
			"the CompositeController updates pods with %s: set updateStrategy.method of pods to %s",
			method,
			onDelete,
		)
	}
	if malformed := request.Children.Malformed(); malformed != "" {
		return nil, errors.New(malformed)
	}
	o := &Observed{
		request: &request, identity: identityOf(parent), deleting: parent.Terminating(),
		foreground: slices.Contains(parent.Finalizers, metav1.FinalizerDeleteDependents),
	}
	o.parent.TypeMeta = metav1.TypeMeta{APIVersion: parent.APIVersion, Kind: parent.Kind}
	o.parent.ObjectMeta = metav1.ObjectMeta{
		Name: parent.Name, Namespace: parent.Namespace, UID: types.UID(parent.UID), Generation: parent.Generation,
		Labels: parent.Labels, Annotations: parent.Annotations.Values,
	}
	o.readStatus(parent.Status)
	misfits := specs.Read(parent.Spec, &o.parent.Spec)
	if o.mistakes = append(o.mistakes, misfits...); len(misfits) == 0 {
		o.mistakes = append(o.mistakes, o.parent.Validate()...)
		o.checkProperties()
	}
	o.sortChildren()
	o.gatherBrokers(parent.Spec)
	return o, nil
}

func readParent(text jsontext.Value) (*parentJSON, error) {
	var parent parentJSON
	if err := json.Unmarshal(text, &parent); err != nil {
		return nil, fmt.Errorf("read the parent: %w", err)
	}
	if parent.Kind != "KafkaCluster" || parent.APIVersion != v1beta1.GroupVersion().String() {
		return nil, fmt.Errorf("the parent is a %s of %s, not a KafkaCluster of %s: check parentResource and the hook's URL",
			cmp.Or(parent.Kind, "nameless kind"), cmp.Or(parent.APIVersion, "no version"), v1beta1.GroupVersion())
	}
	if parent.Name == "" || parent.Namespace == "" || parent.UID == "" {
		return nil, errors.New("the parent lacks metadata.name, metadata.namespace or metadata.uid")
	}
	return &parent, nil
}

func identityOf(parent *parentJSON) sync.Parent {
	return sync.Parent{
		Kind: parent.Kind, Namespace: parent.Namespace, Name: parent.Name, UID: parent.UID, Generation: parent.Generation,
	}
}

func (o *Observed) readStatus(text jsontext.Value) {
	if len(text) == 0 {
		return
	}
	if err := json.Unmarshal(text, &o.parent.Status); err != nil {
		// The cluster id lives here: going on without it could format a volume for another cluster.
		o.mistakes = append(o.mistakes, field.TypeInvalid(field.NewPath("status"), field.OmitValueType{},
			"the status does not fit its type; it was written by something else than this controller"))
	}
}

func (o *Observed) sortChildren() {
	children, related := &o.request.Children, &o.request.Related
	sync.Sort(children.Pods)
	sync.Sort(children.PersistentVolumeClaims)
	sync.Sort(children.ConfigMaps)
	sync.Sort(children.Services)
	sync.Sort(children.Secrets)
	sync.Sort(children.PodDisruptionBudgets)
	for _, objects := range children.Other {
		sync.Sort(objects)
	}
	sync.Sort(related.Secrets)
}

// Parent says whose call this is.
func (o *Observed) Parent() sync.Parent { return o.identity }

// Request is what was observed, for those who check that nobody changed it.
func (o *Observed) Request() *sync.Request { return o.request }
