package simulator

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/brokers"
	"github.com/kompositor/kompositor/simulator/edits"
	"github.com/kompositor/kompositor/simulator/identity"
	"github.com/kompositor/kompositor/simulator/kubelet"
)

// offlineClass is the storage class whose volumes grow only while no Pod uses them. A script makes it with its first
// disk of that class.
const offlineClass = "offline"

// changeDisks adds a disk to a broker config group or to one broker, as its last one, or removes one.
func (w *World) changeDisks(add bool, arguments map[string]string) error {
	if class := arguments["class"]; class == offlineClass {
		if _, exists := w.Server.Get(apiserver.Key{Kind: classKind, Name: class}); !exists {
			w.Nodes.AddClass(class, kubelet.Offline, true, true)
		}
	}
	disk := edits.Disk{
		Group: arguments["group"], Broker: arguments["broker"], Path: arguments["path"],
		Size: arguments["size"], Class: arguments["class"],
	}
	change := disk.Remove
	if add {
		change = disk.Add
	}
	var unlisted error
	err := w.Edit(w.parentKey(), func(parent apiserver.Object) { unlisted = change(parent) })
	return errors.Join(unlisted, err)
}

// harmDisk does something to one disk of a broker, or moves the broker's replicas of a topic there, as
// kafka-reassign-partitions.sh does.
func (w *World) harmDisk(command string, arguments map[string]string) error {
	number, err := strconv.ParseInt(arguments["broker"], 10, 32)
	cluster := w.Kafka.Cluster(w.parentName())
	if err != nil || cluster == nil {
		return fmt.Errorf("no Kafka of %s has a broker %s", w.parentName(), arguments["broker"])
	}
	id, dir := int32(number), brokers.DirAt(arguments["path"])
	switch command {
	case "fail-disk":
		return w.Kafka.Fail(cluster, id, dir)
	case "delete-claim":
		return w.deleteClaims(arguments["broker"], arguments["path"])
	}
	for _, p := range cluster.Partitions() {
		if p.Topic == arguments["topic"] && p.On(id) {
			err = errors.Join(err, cluster.Carry(p.Topic, p.Number, id, dir))
		}
	}
	return err
}

// deleteClaims deletes a broker's claims, or that of one disk, in its user's name.
func (w *World) deleteClaims(broker, path string) error {
	for _, claim := range w.Server.List(claimKind) {
		at := apiserver.String(claim, "metadata", "annotations", "mountPath")
		if !w.ofParent(claim) || identity.Broker(claim) != broker || path != "" && at != path {
			continue
		}
		if err := w.Delete(apiserver.KeyOf(claim)); err != nil {
			return err
		}
	}
	return nil
}
