package plan

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/metacontroller"
)

const (
	clusterKind = "KafkaCluster.kafka.banzaicloud.io/v1beta1"
	podKind     = "Pod.v1"
	claimKind   = "PersistentVolumeClaim.v1"
	configKind  = "ConfigMap.v1"

	operationKind = "CruiseControlOperation.kafka.banzaicloud.io/v1alpha1"

	clusterLabel = "kafka_cr"
	brokerLabel  = "brokerId"
	// uidLabel is the label that Metacontroller finds the children of a parent by (generateSelector).
	uidLabel = "controller-uid"
	// madeUp is the uid of a cluster that has none in the files.
	madeUp = "00000000-0000-4000-8000-000000000000"
)

// found are the objects of one cluster.
type found struct {
	objects []apiserver.Object
	// cluster is the KafkaCluster as it is; nil when there is none yet.
	cluster apiserver.Object
	// unlabelled are the children that Metacontroller would not find.
	unlabelled []apiserver.Key
	// pods and nodes say that there are such among the objects.
	pods, nodes bool
	// newest is the newest time in the objects; zero when there is none.
	newest time.Time
}

// find picks the objects of a cluster: the changed one, or the only one that there is.
func find(objects []apiserver.Object, changed apiserver.Object) (*found, error) {
	cluster, err := clusterIn(objects, changed)
	if err != nil {
		return nil, err
	}
	f := &found{cluster: apiserver.Copy(cluster)}
	if cluster == nil {
		cluster = changed
	} else {
		if apiserver.UID(cluster) == "" {
			apiserver.Set(f.cluster, madeUp, "metadata", "uid")
		}
		f.objects = append(f.objects, f.cluster)
	}
	kinds := map[string]int{}
	for _, o := range objects {
		key := apiserver.KeyOf(o)
		if !concerns(cluster, o) {
			continue
		}
		kinds[key.Kind]++
		f.objects = append(f.objects, f.child(apiserver.Copy(o)))
	}
	for _, needed := range []string{configKind, "Service.v1"} {
		if kinds[podKind] > 0 && kinds[needed] == 0 {
			kind, _, _ := strings.Cut(needed, ".")
			return nil, fmt.Errorf("there are Pods of %s and no %s: print pod, pvc, configmap, service, secret, pdb, "+
				"deployment, kafkatopic, cruisecontroloperation and kafkacluster", apiserver.KeyOf(cluster).NamespacedName(), kind)
		}
	}
	f.pods, f.nodes = kinds[podKind] > 0, kinds["Node.v1"] > 0
	for _, o := range f.objects {
		f.newest = newest(o, f.newest)
	}
	return f, nil
}

// clusterIn is the KafkaCluster that the plan is about, as it is now; nil when the changed one is new.
func clusterIn(objects []apiserver.Object, changed apiserver.Object) (apiserver.Object, error) {
	var clusters []apiserver.Object
	var names []string
	for _, o := range objects {
		key := apiserver.KeyOf(o)
		if key.Kind != clusterKind {
			continue
		}
		if changed != nil && key == apiserver.KeyOf(changed) {
			return o, nil
		}
		clusters, names = append(clusters, o), append(names, key.NamespacedName())
	}
	switch {
	case changed != nil:
		return nil, nil
	case len(clusters) == 0:
		return nil, fmt.Errorf("there is no KafkaCluster among the %d objects", len(objects))
	case len(clusters) > 1:
		return nil, fmt.Errorf("there are several KafkaClusters: %s; say which with -f", strings.Join(names, ", "))
	}
	return clusters[0], nil
}

// concerns says that an object is a cluster's, or something that its Pods may need.
func concerns(cluster, o apiserver.Object) bool {
	key := apiserver.KeyOf(o)
	for _, owner := range apiserver.List(o, "metadata", "ownerReferences") {
		if owner["kind"] == "KafkaTopic" { // its claim to a topic, and topics stand still
			return false
		}
	}
	switch key.Kind {
	case "Node.v1", "StorageClass.storage.k8s.io/v1":
		return true
	case "Secret.v1", "ServiceAccount.v1", configKind, "Service.v1":
		return key.Namespace == apiserver.Namespace(cluster)
	}
	labelled := apiserver.Label(o, clusterLabel) == apiserver.Name(cluster)
	if key.Namespace != apiserver.Namespace(cluster) {
		return false
	}
	return key.Kind == operationKind && labelled || isChildKind(key.Kind) && (labelled || ownedBy(cluster, o))
}

func isChildKind(kind string) bool {
	return slices.ContainsFunc(metacontroller.KafkaClusters().Children, func(child metacontroller.Child) bool {
		return child.Kind == kind
	})
}

// ownedBy says that a cluster is the controller of an object. Owners without a uid are known by their name.
func ownedBy(cluster, o apiserver.Object) bool {
	for _, owner := range apiserver.List(o, "metadata", "ownerReferences") {
		if !apiserver.Bool(owner, "controller") || apiserver.String(owner, "kind") != "KafkaCluster" {
			continue
		}
		if uid := apiserver.String(owner, "uid"); uid != "" {
			return uid == apiserver.UID(cluster)
		}
		return apiserver.String(owner, "name") == apiserver.Name(cluster)
	}
	return false
}

// child makes an object findable for Metacontroller, which of another operator's it is not: Metacontroller would take
// the owner of a child without its label away. Who takes the cluster over has to label it first.
func (f *found) child(o apiserver.Object) apiserver.Object {
	if f.cluster == nil || !ownedBy(f.cluster, o) || !isChildKind(apiserver.KeyOf(o).Kind) {
		return o
	}
	for _, owner := range apiserver.List(o, "metadata", "ownerReferences") {
		if apiserver.Bool(owner, "controller") {
			owner["uid"] = apiserver.UID(f.cluster)
		}
	}
	if apiserver.Label(o, uidLabel) != apiserver.UID(f.cluster) {
		apiserver.Set(o, apiserver.UID(f.cluster), "metadata", "labels", uidLabel)
		f.unlabelled = append(f.unlabelled, apiserver.KeyOf(o))
	}
	return o
}

// topics are the uids of the KafkaTopics among the objects.
func (f *found) topics() map[string]bool {
	uids := map[string]bool{}
	for _, o := range f.objects {
		if o["kind"] == "KafkaTopic" && apiserver.UID(o) != "" {
			uids[apiserver.UID(o)] = true
		}
	}
	return uids
}

// newest is the newest time that stands anywhere in a value.
func newest(value any, known time.Time) time.Time {
	switch value := value.(type) {
	case map[string]any:
		for _, part := range value {
			known = newest(part, known)
		}
	case []any:
		for _, part := range value {
			known = newest(part, known)
		}
	case string:
		if at, err := time.Parse(time.RFC3339, value); err == nil && at.After(known) {
			return at.UTC()
		}
	}
	return known
}
