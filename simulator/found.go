package simulator

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"sigs.k8s.io/yaml"

	"github.com/kompositor/kompositor/api/v1beta1"
	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/brokers"
	"github.com/kompositor/kompositor/simulator/identity"
)

// AssumedTopic is the topic that a found cluster is given, because no object says what topics it has.
const AssumedTopic = "assumed"

// Found begins the world with a cluster that is older than it: the objects as they were read elsewhere, one parent of
// the world's kind among them. Ready Pods run, their brokers are live and in sync and hold replicas of AssumedTopic;
// Pods that are not ready stay so. Nodes, storage classes and service accounts that the objects name without being
// among them are made.
func (w *World) Found(objects []apiserver.Object) error {
	known := map[string]bool{}
	for _, o := range objects {
		known[apiserver.UID(o)] = true
	}
	for _, o := range objects {
		if _, exists := w.Server.Get(apiserver.KeyOf(o)); exists { // a storage class of the world's own
			if err := w.Delete(apiserver.KeyOf(o)); err != nil {
				return err
			}
		}
		if _, err := w.Server.Put(ownedByKnown(o, known)); err != nil {
			return err
		}
	}
	if w.Parent() == nil {
		return fmt.Errorf("there is no object of kind %s", w.parentKind())
	}
	w.addMissing()
	if err := w.foundKafka(); err != nil {
		return err
	}
	w.story.seen = len(w.Server.Writes())
	return nil
}

// ownedByKnown drops the owners that are not among what was found: garbage collection would take the object away.
func ownedByKnown(o apiserver.Object, known map[string]bool) apiserver.Object {
	o = apiserver.Copy(o)
	var kept []any
	for _, owner := range apiserver.List(o, "metadata", "ownerReferences") {
		if known[apiserver.String(owner, "uid")] {
			kept = append(kept, owner)
		}
	}
	delete(apiserver.Map(o, "metadata"), "ownerReferences")
	if len(kept) > 0 {
		apiserver.Set(o, kept, "metadata", "ownerReferences")
	}
	return o
}

// addMissing makes what the found objects need and what is not among them.
func (w *World) addMissing() {
	w.AddNamed()
	for _, pod := range w.Server.List(podKind) {
		name := apiserver.String(pod, "spec", "nodeName")
		if _, exists := w.Server.Get(apiserver.Key{Kind: "Node.v1", Name: name}); name != "" && !exists {
			w.Nodes.Add(name, "")
		}
	}
	for _, claim := range w.Server.List(claimKind) {
		w.addClass(apiserver.String(claim, "spec", "storageClassName"))
	}
}

// AddNamed makes the storage classes and service accounts that the parent and the Pods name and that do not exist.
func (w *World) AddNamed() {
	w.addMissingClasses()
	accounts := map[string]bool{}
	collect(w.Parent()["spec"], "serviceAccountName", accounts)
	for _, pod := range w.Server.List(podKind) {
		collect(pod["spec"], "serviceAccountName", accounts)
	}
	namespace := apiserver.Namespace(w.Parent())
	for _, name := range slices.Sorted(maps.Keys(accounts)) {
		account := apiserver.Object{
			"apiVersion": "v1", "kind": "ServiceAccount",
			"metadata": apiserver.Object{"name": name, "namespace": namespace},
		}
		if _, exists := w.Server.Get(apiserver.KeyOf(account)); !exists {
			_, _ = w.Server.As("user").Create(account) // a Pod with a name that is none is refused by itself
		}
	}
}

// collect gathers the texts of a field, however deep.
func collect(value any, field string, into map[string]bool) {
	switch value := value.(type) {
	case map[string]any:
		for name, part := range value {
			if text, ok := part.(string); ok && name == field && text != "" {
				into[text] = true
			}
			collect(part, field, into)
		}
	case []any:
		for _, part := range value {
			collect(part, field, into)
		}
	}
}

// foundKafka starts Kafka as the found Pods and the parent's status have it.
func (w *World) foundKafka() error {
	var parent v1beta1.KafkaCluster
	if err := yaml.Unmarshal(w.Server.Encode(w.Parent()), &parent); err != nil {
		return fmt.Errorf("read %s: %w", apiserver.KeyOf(w.Parent()), err)
	}
	runs := w.Nodes.Found()
	if len(runs) == 0 {
		return nil
	}
	past := brokers.Past{
		Name: w.parentName(), ID: parent.Status.ClusterID, Voters: parent.Status.KRaft.Voters,
		Level: parent.Status.KRaft.MetadataVersion.Finalized, Dynamic: w.foundDynamic(&parent),
		Claims: map[string]int32{},
	}
	for _, claim := range w.Server.List(claimKind) {
		id, err := strconv.ParseInt(identity.Broker(claim), 10, 32)
		if err == nil && apiserver.String(claim, "status", "phase") == "Bound" {
			past.Claims[apiserver.UID(claim)] = int32(id)
		}
	}
	if err := w.Kafka.Found(past, runs); err != nil {
		return err
	}
	cluster := w.Kafka.Cluster(past.Name)
	if w.controlled() {
		if err := w.changeControl(nil); err != nil {
			return err
		}
	}
	live := len(cluster.Live())
	if live == 0 || cluster.Leader() < 0 {
		return nil
	}
	const usual = 3
	replicas := min(usual, live)
	return cluster.CreateTopic(AssumedTopic, live, replicas, max(1, replicas-1))
}

// controlled says that the cluster's Cruise Control was found, available.
func (w *World) controlled() bool {
	key := apiserver.Key{
		Kind: "Deployment.apps/v1", Namespace: apiserver.Namespace(w.Parent()),
		Name: apiserver.Name(w.Parent()) + "-cruisecontrol",
	}
	deployment, exists := w.Server.Get(key)
	return exists && apiserver.Int(deployment, "status", "availableReplicas") > 0
}

// foundDynamic is the dynamic configuration that the CR asks for and that its status says was set. Of a cluster that
// another operator made, all that is asked for was.
func (w *World) foundDynamic(parent *v1beta1.KafkaCluster) map[string]map[string]string {
	foreign := !slices.ContainsFunc(w.Server.List(podKind), func(pod apiserver.Object) bool {
		return apiserver.String(pod, "metadata", "annotations", "kompositor.io/asked") != ""
	})
	inForce := func(text string, record v1beta1.DynamicConfigStatus) map[string]string {
		values := brokers.Properties(text)
		maps.DeleteFunc(values, func(key, _ string) bool { return !foreign && !slices.Contains(record.Keys, key) })
		return values
	}
	dynamic := map[string]map[string]string{"": inForce(parent.Spec.ClusterWideConfig, parent.Status.ClusterWideConfig)}
	for _, broker := range parent.ResolvedBrokers() {
		id := strconv.Itoa(int(broker.ID))
		dynamic[id] = inForce(broker.Config, parent.Status.BrokersState[id].DynamicConfig)
	}
	return dynamic
}

// Objects are the parent and every object of its child kinds in its namespace: what kubectl get prints of a cluster.
func (w *World) Objects() []apiserver.Object {
	parent := w.Parent()
	if parent == nil {
		return nil
	}
	objects := []apiserver.Object{parent}
	for _, child := range w.Controllers[0].Children {
		for _, o := range w.Server.List(child.Kind) {
			if apiserver.Namespace(o) == apiserver.Namespace(parent) {
				objects = append(objects, o)
			}
		}
	}
	return objects
}

// addMissingClasses makes the storage classes that the cluster names, so that a file written for a real Kubernetes
// runs. They bind with the first Pod and can be expanded.
func (w *World) addMissingClasses() {
	var groups []apiserver.Object
	all := apiserver.Map(w.Parent(), "spec", "brokerConfigGroups")
	for _, name := range slices.Sorted(maps.Keys(all)) {
		groups = append(groups, apiserver.Map(all, name))
	}
	for _, broker := range apiserver.List(w.Parent(), "spec", "brokers") {
		groups = append(groups, apiserver.Map(broker, "brokerConfig"))
	}
	for _, group := range groups {
		for _, storage := range apiserver.List(group, "storageConfigs") {
			w.addClass(apiserver.String(storage, "pvcSpec", "storageClassName"))
		}
	}
}

// addClass makes a storage class that does not exist.
func (w *World) addClass(name string) {
	if _, exists := w.Server.Get(apiserver.Key{Kind: classKind, Name: name}); name != "" && !exists {
		w.Nodes.AddClass(name, "simulator/network", true, true)
	}
}
