package operation

import (
	"fmt"
	"slices"
	"strings"

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
	// forgotten says that the status can not be read: what was sent before is not known.
	forgotten bool
	// generation is the object's.
	generation int64
	mistakes   field.ErrorList
	cluster    connection.Referred
	// others are the other operations of the cluster that wait for a turn or have it, in the order of their turns.
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
	o := &Observed{request: &request, object: object, deleting: object.Terminating(), generation: object.Generation}
	o.operation.TypeMeta, o.operation.ObjectMeta = object.TypeMeta(), object.ObjectMeta()
	o.mistakes = object.ReadStatus(&o.operation.Status)
	o.forgotten = len(o.mistakes) > 0
	o.mistakes = append(o.mistakes, parent.Beside(object.ReadSpec(&o.operation.Spec), o.validate())...)
	slices.SortStableFunc(o.mistakes, func(a, b *field.Error) int { return strings.Compare(a.Field, b.Field) })
	o.cluster = connection.Find(&request.Related, referenceOf(object))
	sync.Sort(request.Related.Operations)
	for i := range request.Related.Operations {
		other := &request.Related.Operations[i]
		if other.UID == object.UID || other.Namespace != object.Namespace ||
			other.Labels[clusterLabel] != object.Labels[clusterLabel] {
			continue
		}
		if t, waits := turnOf(other); waits {
			o.others = append(o.others, t)
		}
	}
	slices.SortFunc(o.others, turn.compare)
	return o, nil
}

func referenceOf(object *parent.Object) connection.Reference {
	return connection.Reference{Namespace: object.Namespace, Name: object.Labels[clusterLabel]}
}

// Parent says whose call this is.
func (o *Observed) Parent() sync.Parent {
	identity := o.object.Identity()
	identity.Cluster = referenceOf(o.object).Key()
	return identity
}

// Request is what was observed, for those who check that nobody changed it.
func (o *Observed) Request() *sync.Request { return o.request }

// current is the task that the status knows; the zero task when it knows none.
func (o *Observed) current() v1alpha1.CruiseControlTask {
	if o.operation.Status.CurrentTask == nil {
		return v1alpha1.CruiseControlTask{}
	}
	return *o.operation.Status.CurrentTask
}

// unreachable says in a clause why the cluster's Cruise Control can not be asked, and in a word; empty when it can. A
// cluster whose brokers can not be asked may still have one.
func (o *Observed) unreachable() (sync.Reason, string) {
	switch {
	case !o.cluster.Exists:
		return sync.ClusterMissing, fmt.Sprintf("%s does not exist: create it, or make the operation again with another "+
			"label %s", o.cluster.Reference, clusterLabel)
	case o.cluster.Deleting:
		return sync.ClusterNotReady, fmt.Sprintf("%s is being deleted", o.cluster.Reference)
	case o.cluster.CruiseControl.URL == "":
		return sync.ClusterNotReady, fmt.Sprintf("%s can not be read: see its condition SpecValid", o.cluster.Reference)
	}
	return "", ""
}
