package simulator

import (
	"fmt"
	"maps"
	"strconv"
	"strings"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/edits"
)

// Do carries out one command of a script, in the words that scripts and transcripts share. The arguments are the
// command's; input is the text below it.
//
//	apply                          the YAML below it
//	about namespace=data name=demo	says which of several clusters the other commands are about
//	set path=value ...             changes fields of the cluster's spec: set clusterImage=kafka:2
//	add-broker id=3 [group=g]      appends to spec.brokers
//	remove-broker id=3             removes from spec.brokers
//	grow group=default size=20Gi   asks for larger volumes
//	add-disk group=default path=/logs-2 [size=10Gi] [class=offline]	appends a disk to the group; a volume of class
//	                               offline has its file system grown when a Pod mounts it
//	remove-disk group=default path=/logs-2	removes it from the group; broker=1 for group: one broker's own disk
//	move-replicas broker=4 path=/logs-2 topic=orders	moves the topic's replicas there with Kafka's own tools
//	fail-disk broker=4 path=/logs-2	breaks the volume of a log directory; make-room repairs those too
//	delete-claim broker=4 path=/logs-2	a user deletes the claim of a disk
//	topic name=orders partitions=6 replicas=3 min-isr=2
//	alter-topic name=orders key=value ...	changes its configuration with Kafka's own tools
//	delete-topic name=orders       deletes it with Kafka's own tools
//	add-acl, drop-acl principal=User:a topic=orders operation=read	changes an ACL with Kafka's own tools
//	drop-login user=a              removes a user's credential with Kafka's own tools
//	kafka-configs key=value ... [broker=1]     somebody sets dynamic configuration in Kafka, of all brokers or one
//	cruise-control [do=restart|down|up|slow|fast|lose-answers|keep-answers|rebalance]	starts it, then does that to it
//	cruise-control do=delete-operations	deletes the operations that it executes
//	release answers=next           the next release of the service answers from now on; both: in turns with this; this
//	crash                          ends the service after its next command, before it has answered
//	annotate name=value ...        annotates the cluster, or with broker=1 its Pod; no value removes the annotation
//	edit kind=KafkaTopic.kafka.banzaicloud.io/v1alpha1 namespace=kafka name=orders path=value ...	changes its spec
//	label kind=Pod.v1 namespace=kafka name=demo-1 brokerId=2 ...	labels an object; no value removes the label
//	evict broker=1                 kubelet ends the Pod for the sake of its node
//	fill broker=1                  its volumes are full until they grow; make-room empties all that are
//	kill broker=1                  ends the broker's process
//	delete-pod broker=1            a user deletes the Pod
//	lose-disk broker=1             a user deletes the Pod and its volume claims
//	hand-over                      a user gives the claims that a deleted cluster has left to the one that is there now
//	node-down, node-up, node-remove name=node-1, or broker=1 for the node that it runs on
//	zone-down zone=zone-a          silences every node of a zone
//	mend-nodes                     brings every node back that there ever was
//	unguard                        lets in from now on what the CRDs refuse, as an API server does whose CRDs are older
//	delete [kind=KafkaTopic.kafka.banzaicloud.io/v1alpha1 namespace=data name=orders]	deletes the cluster, or an object
func (w *World) Do(command string, arguments map[string]string, input string) error {
	switch command {
	case "apply":
		return w.Apply(input)
	case "about":
		w.About(arguments["namespace"], arguments["name"])
		return nil
	case "set":
		return w.set(arguments)
	case "add-broker", "remove-broker":
		return w.changeBrokers(command == "add-broker", arguments)
	case "grow":
		return w.grow(arguments["group"], arguments["size"])
	case "add-disk", "remove-disk":
		return w.changeDisks(command == "add-disk", arguments)
	case "move-replicas", "fail-disk", "delete-claim":
		return w.harmDisk(command, arguments)
	case "topic":
		return w.createTopic(arguments)
	case "lose-disk":
		return w.loseDisk(arguments)
	case "hand-over":
		return w.handOver()
	case "alter-topic", "delete-topic":
		return w.changeTopic(command, arguments)
	case "add-acl", "drop-acl", "drop-login":
		return w.changeUser(command, arguments)
	case "kafka-configs":
		return w.alterByHand(arguments)
	case "crash":
		w.crash = true
		return nil
	case "release":
		return w.release(arguments["answers"])
	case "cruise-control":
		return w.changeControl(arguments)
	case "annotate":
		return w.annotate(arguments)
	case "make-room":
		w.Kafka.Repair()
		return nil
	case "edit", "label":
		return w.edit(command == "label", arguments)
	case "kill", "delete-pod", "evict", "fill":
		return w.harm(command, arguments["broker"])
	case "node-down", "node-up", "node-remove":
		return w.changeNode(command, arguments)
	case "zone-down":
		w.Nodes.ZoneDown(arguments["zone"])
		return nil
	case "mend-nodes", "unguard":
		w.mend(command)
		return nil
	case "delete":
		if kind := arguments["kind"]; kind != "" {
			return w.Delete(apiserver.Key{Kind: kind, Namespace: arguments["namespace"], Name: arguments["name"]})
		}
		return w.Delete(w.parentKey())
	default:
		return fmt.Errorf("there is no command %q", command)
	}
}

// mend brings the nodes back, or the CRDs of an older release.
func (w *World) mend(command string) {
	if command == "unguard" {
		w.Server.Unguard()
		return
	}
	w.Nodes.Mend()
}

// harm does something to a broker's Pod or its volumes.
func (w *World) harm(command, broker string) error {
	pod, ok := w.PodOf(broker)
	if !ok {
		return fmt.Errorf("broker %s has no Pod", broker)
	}
	switch command {
	case "delete-pod":
		return w.Delete(apiserver.KeyOf(pod))
	case "evict":
		w.Nodes.Evict(pod)
	case "fill":
		if cluster, id := w.laws.kafkaOf(pod); cluster != nil {
			w.Kafka.Fill(cluster, id)
		}
	default:
		w.Nodes.Crash(pod)
	}
	return nil
}

// edit changes fields of an object's spec, or labels of an object.
func (w *World) edit(labels bool, arguments map[string]string) error {
	key := apiserver.Key{Kind: arguments["kind"], Namespace: arguments["namespace"], Name: arguments["name"]}
	changed := maps.Clone(arguments)
	for _, name := range []string{"kind", "namespace", "name"} {
		delete(changed, name)
	}
	return w.Edit(key, func(o apiserver.Object) {
		if labels {
			edits.Labels(o, changed)
		} else {
			edits.Fields(o, changed)
		}
	})
}

// loseDisk takes a broker's Pod and its volume claims away.
func (w *World) loseDisk(arguments map[string]string) error {
	if err := w.deleteClaims(arguments["broker"], ""); err != nil {
		return err
	}
	return w.Do("delete-pod", arguments, "")
}

// handOver labels the claims of a cluster's name as children of the parent that has it now, as docs/install.md says.
func (w *World) handOver() error {
	for _, claim := range w.Server.List(claimKind) {
		if !w.ofParent(claim) {
			continue
		}
		err := w.Edit(apiserver.KeyOf(claim), func(o apiserver.Object) {
			apiserver.Set(o, apiserver.UID(w.Parent()), "metadata", "labels", "controller-uid")
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *World) parentKey() apiserver.Key {
	if parent := w.Parent(); parent != nil {
		return apiserver.KeyOf(parent)
	}
	return apiserver.Key{Kind: w.parentKind()}
}

// set changes fields of the parent's spec.
func (w *World) set(arguments map[string]string) error {
	return w.Edit(w.parentKey(), func(parent apiserver.Object) { edits.Fields(parent, arguments) })
}

// annotate changes annotations of the cluster, or of a broker's Pod.
func (w *World) annotate(arguments map[string]string) error {
	key := w.parentKey()
	if broker, of := arguments["broker"]; of {
		pod, ok := w.PodOf(broker)
		if !ok {
			return fmt.Errorf("broker %s has no Pod", broker)
		}
		key = apiserver.KeyOf(pod)
	}
	texts := maps.Clone(arguments)
	delete(texts, "broker")
	return w.Edit(key, func(o apiserver.Object) { edits.Annotations(o, texts) })
}

// changeBrokers adds a broker or removes one. A new one takes the group of the last one, unless it has its own.
func (w *World) changeBrokers(add bool, arguments map[string]string) error {
	id, err := strconv.ParseInt(arguments["id"], 10, 32)
	if err != nil {
		return fmt.Errorf("id: %w", err)
	}
	return w.Edit(w.parentKey(), func(parent apiserver.Object) {
		if add {
			edits.AddBroker(parent, id, arguments["group"])
		} else {
			edits.RemoveBroker(parent, id)
		}
	})
}

// grow asks for larger volumes in a broker config group.
func (w *World) grow(group, size string) error {
	return w.Edit(w.parentKey(), func(parent apiserver.Object) { edits.Grow(parent, group, size) })
}

func (w *World) createTopic(arguments map[string]string) error {
	cluster := w.Kafka.Cluster(w.parentName())
	if cluster == nil {
		return fmt.Errorf("no Kafka of %s has ever run", w.parentName())
	}
	numbers := map[string]int{"partitions": 6, "replicas": 3, "min-isr": 2}
	for name := range numbers {
		if arguments[name] == "" {
			continue
		}
		number, err := strconv.Atoi(arguments[name])
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		numbers[name] = number
	}
	return cluster.CreateTopic(arguments["name"], numbers["partitions"], numbers["replicas"], numbers["min-isr"])
}

// alterByHand changes dynamic configuration behind the service's back.
func (w *World) alterByHand(arguments map[string]string) error {
	cluster := w.Kafka.Cluster(w.parentName())
	if cluster == nil {
		return fmt.Errorf("no Kafka of %s has ever run", w.parentName())
	}
	set := maps.Clone(arguments)
	delete(set, "broker")
	return cluster.Alter(arguments["broker"], set, nil)
}

func (w *World) changeNode(command string, arguments map[string]string) error {
	name := arguments["name"]
	if broker := arguments["broker"]; broker != "" {
		pod, ok := w.PodOf(broker)
		if !ok {
			return fmt.Errorf("broker %s has no Pod", broker)
		}
		name = apiserver.String(pod, "spec", "nodeName")
	}
	if _, ok := w.Server.Get(apiserver.Key{Kind: "Node.v1", Name: name}); !ok {
		return fmt.Errorf("there is no node %q", name)
	}
	switch command {
	case "node-down":
		w.Nodes.Down(name)
	case "node-up":
		w.Nodes.Up(name)
	default:
		return w.Nodes.Remove(name)
	}
	return nil
}

// ParseGoal reads a goal: ready, balanced, settled, gone, or a condition such as RollingUpdate=False.
func ParseGoal(text string) (Goal, error) {
	switch {
	case text == "ready":
		return Ready, nil
	case text == "balanced":
		return Balanced, nil
	case text == "settled":
		return Settled, nil
	case text == "gone":
		return Gone, nil
	case strings.Contains(text, "="):
		return Condition(text), nil
	default:
		return nil, fmt.Errorf("there is no goal %q", text)
	}
}
