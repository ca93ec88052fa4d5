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

// permitTopic is the law for a command that deletes a topic: it is judged when it is commanded, not when Kafka carries
// it out late.
func (w *World) permitTopic(command sync.Command) {
	if gone, ok := command.(sync.DeleteTopic); ok && !w.topicGoes(gone.Topic) {
		w.laws.broken(dataKept, "topic %s is deleted and no KafkaTopic of that name is", gone.Topic)
	}
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
