package hearsay

import (
	"slices"

	"github.com/kompositor/kompositor/sync"
)

// Age replaces the facts that are chosen by older ones, and says whether there were any. Only facts whose question is
// the same at every call are: those about the cluster as a whole.
func Age(facts *sync.Facts, old sync.Facts, chosen func() bool) bool {
	kafka, control := &facts.Kafka, &facts.CruiseControl
	return slices.Contains([]bool{
		older(&kafka.Cluster, old.Kafka.Cluster, chosen), older(&kafka.Quorum, old.Kafka.Quorum, chosen),
		older(&kafka.Partitions, old.Kafka.Partitions, chosen), older(&kafka.Features, old.Kafka.Features, chosen),
		older(&kafka.Reassignments, old.Kafka.Reassignments, chosen),
		older(&control.State, old.CruiseControl.State, chosen), older(&control.Tasks, old.CruiseControl.Tasks, chosen),
		older(&control.Brokers, old.CruiseControl.Brokers, chosen),
	}, true)
}

// older gives a fact the value that it had before, if it is chosen and was known then.
func older[T any](fact *sync.Fact[T], old sync.Fact[T], chosen func() bool) bool {
	_, known := fact.Get()
	_, wasKnown := old.Get()
	if !known || !wasKnown || !chosen() {
		return false
	}
	*fact = old
	return true
}

// Halve makes those of the known facts unknown that are lost.
func Halve(facts *sync.Facts, lost func() bool) {
	kafka, control, kubernetes := &facts.Kafka, &facts.CruiseControl, &facts.Kubernetes
	lose(&kafka.Cluster, lost)
	lose(&kafka.Quorum, lost)
	lose(&kafka.Partitions, lost)
	lose(&kafka.Reassignments, lost)
	lose(&kafka.LogDirs, lost)
	lose(&kafka.Configs, lost)
	lose(&kafka.Features, lost)
	lose(&kafka.Topic, lost)
	lose(&kafka.User, lost)
	lose(&control.State, lost)
	lose(&control.Tasks, lost)
	lose(&kubernetes.Nodes, lost)
	lose(&kubernetes.StorageClasses, lost)
	lose(&control.Brokers, lost)
}

func lose[T any](fact *sync.Fact[T], lost func() bool) {
	if _, known := fact.Get(); known && lost() {
		*fact = sync.UnknownFact[T]("it did not answer within 3 s")
	}
}

// Denied are the tasks of Cruise Control that there are and that were not told.
func Denied(there, told *sync.CruiseControlFacts) (ids []string) {
	tasks, _ := there.Tasks.Get()
	known, _ := told.Tasks.Get()
	for _, task := range tasks {
		if !slices.ContainsFunc(known, func(t sync.UserTask) bool { return t.ID == task.ID }) {
			ids = append(ids, task.ID)
		}
	}
	return ids
}
