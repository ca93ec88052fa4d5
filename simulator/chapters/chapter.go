package chapters

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/kompositor/kompositor/simulator"
	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/identity"
)

// Chapter is one part of a cluster's life: something is done, and the world goes on until the goal is reached.
type Chapter struct {
	Title string
	// Begin does what the chapter is about; it says what that was.
	Begin func(*simulator.World) (string, error)
	Goal  simulator.Goal
}

// FirstChapter applies a cluster's YAML and waits until it is ready.
func FirstChapter(documents string) Chapter {
	return Chapter{Title: "A cluster is created", Goal: simulator.Ready, Begin: func(w *simulator.World) (string, error) {
		if err := w.Apply(documents); err != nil {
			return "", err
		}
		if w.Parent() == nil {
			return "", errors.New("the file has no KafkaCluster")
		}
		w.AddNamed()
		return fmt.Sprintf("%s with %d brokers", parentName(w), len(apiserver.List(w.Parent(), "spec", "brokers"))), nil
	}}
}

// Life is what a cluster lives through after it was created: a broker is added, all restart, one is lost, all is
// deleted.
func Life() []Chapter {
	return []Chapter{
		{Title: "A broker is added", Goal: simulator.Ready, Begin: addBroker},
		{Title: "A rolling restart", Goal: simulator.Ready, Begin: changeConfig},
		{Title: "A broker is lost", Goal: simulator.Ready, Begin: loseBroker},
		{Title: "The cluster is deleted", Goal: simulator.Gone, Begin: func(w *simulator.World) (string, error) {
			return "its brokers stop before its volumes go", w.Delete(apiserver.KeyOf(w.Parent()))
		}},
	}
}

// addBroker appends a broker, of a group without the controller role if there is one.
func addBroker(w *simulator.World) (string, error) {
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
	return fmt.Sprintf("broker %d", next), w.Do("add-broker", arguments, "")
}

// changeConfig changes a key that Kafka reads only when it starts.
func changeConfig(w *simulator.World) (string, error) {
	const line = "queued.max.requests=600"
	const topic = "orders"
	cluster := w.Kafka.Cluster(parentName(w))
	if replicas := min(3, len(cluster.Live())); replicas > 1 {
		if err := cluster.CreateTopic(topic, 6, replicas, replicas-1); err != nil {
			return "", err
		}
	}
	err := w.Edit(apiserver.KeyOf(w.Parent()), func(parent apiserver.Object) {
		before := apiserver.String(parent, "spec", "readOnlyConfig")
		apiserver.Set(parent, before+"\n"+line+"\n", "spec", "readOnlyConfig")
	})
	return "readOnlyConfig gets " + line + ", while clients write to topic " + topic, err
}

// parentName is namespace/name of the cluster.
func parentName(w *simulator.World) string { return apiserver.KeyOf(w.Parent()).NamespacedName() }

// loseBroker deletes the Pod of the first broker that is ready.
func loseBroker(w *simulator.World) (string, error) {
	for _, pod := range w.Server.List("Pod.v1") {
		if simulator.PodReady(pod) {
			what := "the Pod of broker " + identity.Broker(pod) + " is deleted by hand"
			return what, w.Delete(apiserver.KeyOf(pod))
		}
	}
	return "", fmt.Errorf("no broker is ready")
}

// Perform lets time pass until its goal is reached; step is called after every tick. Its error
// says what went wrong or what is still awaited after the bound.
func (c Chapter) Perform(w *simulator.World, bound int, step func()) error {
	for range bound {
		w.Step()
		step()
		if c.Goal(w) {
			return nil
		}
	}
	return fmt.Errorf("not settled within %d seconds: %s", bound, w.Waiting())
}
