package simulator

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/apply"
)

// Chapter is one part of a cluster's life: something is done, and the world goes on until the goal is reached.
type Chapter struct {
	Title string
	// Begin does what the chapter is about; it says what that was.
	Begin func(*World) (string, error)
	Goal  Goal
}

// FirstChapter applies a cluster's YAML and waits until it is ready.
func FirstChapter(documents string) Chapter {
	return Chapter{Title: "A cluster is created", Goal: Ready, Begin: func(w *World) (string, error) {
		if err := w.Apply(documents); err != nil {
			return "", err
		}
		w.addMissingClasses()
		if w.Parent() == nil {
			return "", fmt.Errorf("the file has no object of kind %s", w.parentKind())
		}
		return fmt.Sprintf("%s with %d brokers", w.parentName(), len(apiserver.List(w.Parent(), "spec", "brokers"))), nil
	}}
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

// Life is what a cluster lives through after it was created: a broker is added, all restart, one is lost, all is
// deleted.
func Life() []Chapter {
	return []Chapter{
		{Title: "A broker is added", Goal: Ready, Begin: addBroker},
		{Title: "A rolling restart", Goal: Ready, Begin: changeConfig},
		{Title: "A broker is lost", Goal: Ready, Begin: loseBroker},
		{Title: "The cluster is deleted", Goal: Gone, Begin: func(w *World) (string, error) {
			return "its brokers stop before its volumes go", w.Delete(w.parentKey())
		}},
	}
}

// addBroker appends a broker, of a group without the controller role if there is one.
func addBroker(w *World) (string, error) {
	next := int64(0)
	for _, broker := range apiserver.List(w.Parent(), "spec", "brokers") {
		next = max(next, apiserver.Int(broker, "id")+1)
	}
	arguments := map[string]string{"id": strconv.FormatInt(next, 10)}
	groups := apiserver.Map(w.Parent(), "spec", "brokerConfigGroups")
	var plain []string
	for name := range groups {
		if roles := apiserver.Strings(groups, name, "processRoles"); len(roles) > 0 && !slices.Contains(roles, "controller") {
			plain = append(plain, name)
		}
	}
	if len(plain) > 0 {
		arguments["group"] = slices.Min(plain)
	}
	return fmt.Sprintf("broker %d", next), w.changeBrokers(true, arguments)
}

// changeConfig changes a key that Kafka reads only when it starts.
func changeConfig(w *World) (string, error) {
	const line = "queued.max.requests=600"
	const topic = "orders"
	cluster := w.Kafka.Cluster(w.parentName())
	if replicas := min(3, len(cluster.Live())); replicas > 1 {
		if err := cluster.CreateTopic(topic, 6, replicas, replicas-1); err != nil {
			return "", err
		}
	}
	err := w.Edit(w.parentKey(), func(parent apiserver.Object) {
		before := apiserver.String(parent, "spec", "readOnlyConfig")
		apiserver.Set(parent, before+"\n"+line+"\n", "spec", "readOnlyConfig")
	})
	return "readOnlyConfig gets " + line + ", while clients write to topic " + topic, err
}

// loseBroker deletes the Pod of the first broker that is ready.
func loseBroker(w *World) (string, error) {
	for _, pod := range w.Server.List(podKind) {
		if podText(pod) == "Ready" {
			what := "the Pod of broker " + apiserver.Label(pod, brokerLabel) + " is deleted by hand"
			return what, w.Delete(apiserver.KeyOf(pod))
		}
	}
	return "", fmt.Errorf("no broker is ready")
}

// Perform begins a chapter and lets time pass until its goal is reached; step is called after every tick. Its error
// says what went wrong or what is still awaited after the bound.
func (w *World) Perform(chapter Chapter, bound int, step func()) error {
	for range bound {
		w.Step()
		step()
		if chapter.Goal(w) {
			return nil
		}
	}
	return fmt.Errorf("not settled within %d seconds: %s", bound, w.Waiting())
}

// lastApplied is what a hook once returned for a child.
func lastApplied(child apiserver.Object) apiserver.Object {
	object, err := apply.Decode([]byte(apiserver.String(child, "metadata", "annotations", apply.LastApplied)))
	if err != nil {
		return nil
	}
	return object
}

// Rendered returns the children as they were last sent in full, sorted by kind and name: what an observed Pod or claim
// once was made of, and the latest answer for everything else.
func (w *World) Rendered() []apiserver.Object {
	rendered := map[string]apiserver.Object{}
	for _, write := range w.Server.Writes() {
		if write.Actor != "metacontroller" || write.Verb != apiserver.Created || write.Err != nil {
			continue
		}
		if original := lastApplied(write.New); original != nil {
			rendered[write.Key.String()] = original
		}
	}
	if w.last != nil && w.last.Answer != nil {
		for _, child := range w.last.Answer.Children {
			if key := apiserver.KeyOf(child); key.Kind != podKind && key.Kind != claimKind {
				rendered[key.String()] = apiserver.Copy(child)
			}
		}
	}
	keys := make([]string, 0, len(rendered))
	for key := range rendered {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	result := make([]apiserver.Object, 0, len(keys))
	for _, key := range keys {
		delete(apiserver.Map(rendered[key], "metadata", "labels"), "controller-uid") // Metacontroller's, not ours
		result = append(result, rendered[key])
	}
	return result
}
