package operation

import (
	"cmp"
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/connection"
	"github.com/kompositor/kompositor/sync/parent"
)

// Hook is the CruiseControlOperation's half of the line.
type Hook struct{}

// Observed is a sync or finalize call for a CruiseControlOperation, understood.
type Observed struct {
	request   *sync.Request
	object    *parent.Object
	operation v1alpha1.CruiseControlOperation
	deleting  bool
	mistakes  field.ErrorList
	cluster   connection.Referred
	// others are the other operations of the cluster that are not done, in the order of their turns.
	others []turn
}

const (
	kind = "CruiseControlOperation"
	// clusterLabel names the KafkaCluster. It is Koperator's.
	clusterLabel = "kafka_cr"
)

// Observe reads a request. Its error means that the parent is no CruiseControlOperation.
func (Hook) Observe(request sync.Request) (sync.Observed, error) {
	object, err := parent.Read(request.Parent, v1alpha1.GroupVersion().WithKind(kind))
	if err != nil {
		return nil, err
	}
	if malformed := request.Children.Malformed(); malformed != "" {
		return nil, fmt.Errorf("the children: %s", malformed)
	}
	o := &Observed{request: &request, object: object, deleting: object.Terminating()}
	o.operation.TypeMeta, o.operation.ObjectMeta = object.TypeMeta(), object.ObjectMeta()
	o.mistakes = append(object.ReadStatus(&o.operation.Status), object.ReadSpec(&o.operation.Spec)...)
	o.mistakes = append(o.mistakes, o.validate()...)
	o.cluster = connection.Find(&request.Related, referenceOf(object))
	sync.Sort(request.Related.Operations)
	for i := range request.Related.Operations {
		if other := &request.Related.Operations[i]; other.UID != object.UID && other.Namespace == object.Namespace &&
			other.Labels[clusterLabel] == object.Labels[clusterLabel] {
			if t, waits := turnOf(other); waits {
				o.others = append(o.others, t)
			}
		}
	}
	slices.SortFunc(o.others, turn.compare)
	return o, nil
}

func referenceOf(object *parent.Object) connection.Reference {
	return connection.Reference{Namespace: object.Namespace, Name: object.Labels[clusterLabel]}
}

// Parent says whose call this is.
func (o *Observed) Parent() sync.Parent { return o.object.Identity() }

// Request is what was observed, for those who check that nobody changed it.
func (o *Observed) Request() *sync.Request { return o.request }

// validate finds what can not be done as it is asked for.
func (o *Observed) validate() field.ErrorList {
	var mistakes field.ErrorList
	if o.operation.Labels[clusterLabel] == "" {
		mistakes = append(mistakes, field.Required(field.NewPath("metadata", "labels").Key(clusterLabel),
			"name the KafkaCluster, of this namespace, that the operation is for"))
	}
	asked, at := o.asked()
	needs, known := neededParameters(asked.Operation)
	switch {
	case asked.Operation == "":
		return mistakes
	case !known:
		return append(mistakes, field.NotSupported(at.Child("operation"), asked.Operation, operations()))
	}
	for _, names := range needs {
		if !slices.ContainsFunc(names, func(name string) bool { return asked.Parameters[name] != "" }) {
			mistakes = append(mistakes, field.Required(at.Child("parameters").Key(names[0]),
				fmt.Sprintf("%s can not be done without it", asked.Operation)))
		}
	}
	return mistakes
}

// turn is an operation's place in the queue of its cluster.
type turn struct {
	priority int
	created  string
	name     string
	running  bool
}

func (t turn) compare(other turn) int {
	return cmp.Or(cmp.Compare(t.priority, other.priority), cmp.Compare(t.created, other.created),
		cmp.Compare(t.name, other.name))
}
