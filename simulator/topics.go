package simulator

import (
	"fmt"
	"maps"
	"slices"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/sync"
)

// topicKind is the kind of the resources that stand for topics.
const topicKind = "KafkaTopic.kafka.banzaicloud.io/v1alpha1"

// performTopic carries out a command about a topic. It says whether the command was one.
func (w *World) performTopic(command sync.Command) (ours bool, err error) {
	if gone, ok := command.(sync.DeleteTopic); ok && !w.topicGoes(gone.Topic) {
		w.laws.broken(dataKept, "topic %s is deleted and no KafkaTopic of that name is", gone.Topic)
	}
	return w.Kafka.PerformTopic(command)
}

// topicGoes says that a KafkaTopic for that topic is being deleted.
func (w *World) topicGoes(name string) bool {
	return slices.ContainsFunc(w.Server.List(topicKind), func(o apiserver.Object) bool {
		return apiserver.Terminating(o) && apiserver.String(o, "spec", "name") == name
	})
}

// changeTopic changes a topic in Kafka, as a user with Kafka's own tools would.
func (w *World) changeTopic(command string, arguments map[string]string) error {
	cluster, name := w.Kafka.Cluster(w.parentName()), arguments["name"]
	if cluster == nil {
		return fmt.Errorf("no Kafka of %s has ever run", w.parentName())
	}
	if command == "delete-topic" {
		cluster.DeleteTopic(name)
		return nil
	}
	set := maps.Clone(arguments)
	delete(set, "name")
	return cluster.AlterTopic(name, set, nil)
}
