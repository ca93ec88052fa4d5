package connection

import (
	"fmt"

	"github.com/go-json-experiment/json"

	"github.com/kompositor/kompositor/api/v1alpha1"
	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/sync"
	"github.com/kompositor/kompositor/sync/children"
)

// Reference names a KafkaCluster.
type Reference struct{ Namespace, Name string }

// ReferenceOf is the KafkaCluster that a resource of a namespace refers to; it may be in another namespace.
func ReferenceOf(ref v1alpha1.ClusterReference, own string) Reference {
	return Reference{Namespace: ref.NamespaceOr(own), Name: ref.Name}
}

// String is how messages name the KafkaCluster.
func (r Reference) String() string { return "KafkaCluster " + r.Namespace + "/" + r.Name }

// Key is namespace/name; empty when no KafkaCluster is named.
func (r Reference) Key() string {
	if r.Name == "" {
		return ""
	}
	return r.Namespace + "/" + r.Name
}

// Related are the objects that Find looks at: the KafkaCluster itself, and the copy of its administrator's credentials,
// which has a name that follows from the reference (docs/adr/0019).
func (r Reference) Related() []sync.RelatedResource {
	if r.Name == "" {
		return nil
	}
	return []sync.RelatedResource{
		{
			APIVersion: v1beta1.GroupVersion().String(), Resource: "kafkaclusters", Namespace: r.Namespace,
			Names: []string{r.Name},
		},
		{APIVersion: "v1", Resource: "secrets", Namespace: r.Namespace, Names: []string{children.AdminSecretName(r.Name)}},
	}
}

// Referred is the KafkaCluster that a topic or user refers to, as far as it is known.
type Referred struct {
	Reference
	// Exists says that the KafkaCluster is there, Deleting that its deletion has begun.
	Exists, Deleting bool
	// ClusterID is Kafka's cluster id as the KafkaCluster's status has it; empty when it does not say.
	ClusterID string
	// Connection is how to reach it, once Waits is empty.
	Connection sync.KafkaConnection
	// CruiseControl is how its Cruise Control is reached; the URL is empty while the KafkaCluster can not be read.
	CruiseControl sync.CruiseControlConnection
	// ControlWaits says in a clause why its Cruise Control can not be asked now, as its status has it; empty when it can,
	// as far as anybody knows.
	ControlWaits string
	// Waits says in a clause why its brokers can not be asked yet, and Reason in a word; empty when they can.
	Waits  string
	Reason sync.Reason
}

// Find looks a reference up among the related objects.
func Find(related *sync.Related, ref Reference) Referred {
	found := Referred{Reference: ref}
	object := named(related.KafkaClusters, ref.Namespace, ref.Name)
	if object == nil {
		return found.waits(sync.ClusterMissing, "%s does not exist: create it, or mend spec.clusterRef", ref)
	}
	found.Exists, found.Deleting = true, object.Terminating()
	cluster := &v1beta1.KafkaCluster{}
	cluster.Name, cluster.Namespace = object.Name, object.Namespace
	if json.Unmarshal(object.Spec, &cluster.Spec) != nil || len(object.Status) > 0 &&
		json.Unmarshal(object.Status, &cluster.Status) != nil {
		return found.waits(sync.ClusterNotReady, "%s can not be read: see its condition SpecValid", ref)
	}
	found.ClusterID = cluster.Status.ClusterID
	secret := named(related.Secrets, ref.Namespace, children.AdminSecretName(ref.Name))
	found.CruiseControl, found.ControlWaits = ToCruiseControl(cluster, secret), controlWaits(cluster)
	switch {
	case found.Deleting:
		return found.waits(sync.ClusterNotReady, "%s is being deleted", ref)
	case cluster.Status.State == "":
		return found.waits(sync.ClusterNotReady, "%s has not been started yet", ref)
	case cluster.Spec.ListenersConfig.Admin() == nil:
		return found.waits(sync.ClusterNotReady,
			"%s has no listener that an administrator can use: see its condition SpecValid", ref)
	case Needs(cluster) && secret == nil:
		return found.waits(sync.SecretMissing,
			"%s has no credentials for its administrator yet: name their Secret in its spec.clientSSLCertSecret", ref)
	}
	found.Connection = To(cluster, secret)
	return found
}

func (r Referred) waits(reason sync.Reason, format string, args ...any) Referred {
	r.Reason, r.Waits = reason, fmt.Sprintf(format, args...)
	return r
}

// WrongCluster says in a clause that another cluster answered than the one that is referred to; empty when it is the
// right one, or when nobody can tell.
func (r *Referred) WrongCluster(facts *sync.KafkaFacts) string {
	cluster, known := facts.Cluster.Get()
	if !known || r.ClusterID == "" || cluster.ID == "" || cluster.ID == r.ClusterID {
		return ""
	}
	return fmt.Sprintf(
		"the brokers that answer belong to cluster %s, and %s is cluster %s: see where its listener leads to",
		cluster.ID, r.Reference, r.ClusterID)
}

// named returns the object of that name, nil when there is none.
func named[T any, P interface {
	*T
	Metadata() *sync.Meta
}](objects sync.Objects[T], namespace, name string,
) P {
	for i := range objects {
		if meta := P(&objects[i]).Metadata(); meta.Namespace == namespace && meta.Name == name {
			return &objects[i]
		}
	}
	return nil
}
