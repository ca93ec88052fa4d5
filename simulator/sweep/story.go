package sweep

import (
	"fmt"
	"strings"

	"github.com/kompositor/kompositor/simulator"
	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/metacontroller"
	"github.com/kompositor/kompositor/simulator/weather"
	"github.com/kompositor/kompositor/sync"
)

// bound is how long a chapter may take, in ticks. A failed task is tried again within minutes.
const bound = 1200

// chapter is a part of the story: what the user does, and then the world goes on until all of it is done.
type chapter []simulator.Deed

// deed reads a deed as scripts write it, without its time: add-broker id=3.
func deed(text string) simulator.Deed {
	words := strings.Fields(text)
	d := simulator.Deed{Command: words[0], Arguments: map[string]string{}}
	for _, word := range words[1:] {
		name, value, _ := strings.Cut(word, "=")
		d.Arguments[name] = value
	}
	return d
}

// story is three brokers that become six and then four; those that come have a disk more for a while.
func story() []chapter {
	return []chapter{
		{deed("add-broker id=3 group=broker"), deed("add-broker id=4 group=broker"), deed("add-broker id=5 group=broker")},
		{deed("add-disk group=broker path=/kafka-logs-2 size=20Gi")},
		{
			deed("remove-broker id=4"), deed("remove-broker id=5"),
			deed("remove-disk group=broker path=/kafka-logs-2"),
		},
	}
}

// life is one world that the story happens in.
type life struct {
	world *simulator.World
	// began is the tick at which the last chapter began.
	began int
}

// begin is a life up to where the story begins: three brokers with a topic that clients write to, and Cruise Control.
func begin(hooks map[string]sync.Hook, w weather.Weather, watch func(simulator.Sentence)) (*life, error) {
	l := &life{world: simulator.New(simulator.Options{
		Seed: 1, Watch: watch, Weather: w,
		Hook: func(w *simulator.World) metacontroller.Hook { return simulator.Line{World: w, Hooks: hooks} },
	})}
	if err := l.world.Apply(documents); err != nil {
		return nil, err
	}
	if err := l.world.RunUntil(simulator.Condition("Ready=True"), bound); err != nil {
		return nil, err
	}
	return l, l.chapter(chapter{deed("topic name=orders partitions=4 replicas=3 min-isr=2"), deed("cruise-control")})
}

// chapter lets one happen, to its end.
func (l *life) chapter(c chapter) error {
	if err := l.do(c); err != nil {
		return err
	}
	return l.world.RunUntil(balanced, bound)
}

func (l *life) do(c chapter) error {
	l.began = l.world.Tick()
	for _, d := range c {
		if err := l.world.Do(d.Command, d.Arguments, ""); err != nil {
			return fmt.Errorf("%s: %w", d, err)
		}
	}
	return nil
}

// balanced waits until all of a chapter is done, its operations too, or a law is broken: what follows from that is of
// no interest.
func balanced(w *simulator.World) bool {
	if len(w.Breaches()) > 0 {
		return true
	}
	for _, o := range w.Server.List(operationKind) {
		if apiserver.String(o, "status", "currentTask", "state") != "Completed" {
			return false
		}
	}
	return simulator.Balanced(w)
}

const (
	claimKind     = "PersistentVolumeClaim.v1"
	operationKind = "CruiseControlOperation.kafka.banzaicloud.io/v1alpha1"
	// clusterName is that of the cluster below.
	clusterName = "kafka/demo"
)

// end is all that a life must come to, whatever has struck it: brokers, claims, log directories, replicas in sync.
// Which replica lies where is Cruise Control's choice, and of the operations there may be fewer: one that has failed
// goes when there is nothing left for it to do.
func (l *life) end() string {
	var b strings.Builder
	for _, kind := range []string{claimKind, "Pod.v1", "ConfigMap.v1", "Service.v1"} {
		for _, o := range l.world.Server.List(kind) {
			fmt.Fprintf(&b, "%s\n", apiserver.KeyOf(o))
		}
	}
	kafka := l.world.Kafka.Cluster(clusterName)
	fmt.Fprintf(&b, "live %v, voters %v\n", kafka.Live(), kafka.Voters())
	for _, id := range kafka.Live() {
		fmt.Fprintf(&b, "log directories of %d: %v\n", id, kafka.LogDirs(id))
	}
	for _, p := range kafka.Partitions() {
		fmt.Fprintf(&b, "%s-%d: %d replicas, %d in sync, led: %t\n",
			p.Topic, p.Number, len(p.Replicas), len(p.ISR), p.Leader >= 0)
	}
	return b.String()
}

// documents are a small cluster, so that a life is short.
const documents = `apiVersion: kafka.banzaicloud.io/v1beta1
kind: KafkaCluster
metadata: {name: demo, namespace: kafka}
spec:
  kRaft: true
  headlessServiceEnabled: true
  oneBrokerPerNode: false
  clusterImage: ghcr.io/adobe/koperator/kafka:2.13-3.9.2-jdk21.0.11
  readOnlyConfig: |
    min.insync.replicas=2
    default.replication.factor=3
  brokerConfigGroups:
    combined:
      processRoles: [controller, broker]
      storageConfigs: &disk
        - mountPath: /kafka-logs
          pvcSpec:
            accessModes: [ReadWriteOnce]
            resources: {requests: {storage: 10Gi}}
    broker:
      processRoles: [broker]
      storageConfigs: *disk
  brokers:
    - {id: 0, brokerConfigGroup: combined}
    - {id: 1, brokerConfigGroup: combined}
    - {id: 2, brokerConfigGroup: combined}
  rollingUpgradeConfig: {failureThreshold: 1}
  listenersConfig:
    internalListeners:
      - {type: plaintext, name: internal, containerPort: 29092, usedForInnerBrokerCommunication: true}
      - type: plaintext
        name: controller
        containerPort: 29093
        usedForInnerBrokerCommunication: false
        usedForControllerCommunication: true
  cruiseControlConfig:
    topicConfig: {partitions: 3, replicationFactor: 3}
`
