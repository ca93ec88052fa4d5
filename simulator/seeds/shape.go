package seeds

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Shape is the KafkaCluster that a world begins with, and what it runs on.
type Shape struct {
	// Brokers are 1 to 12. The first of them are controllers too, unless there are Controllers of their own.
	Brokers, Controllers int
	// Disks is the number of log directories of a broker that is no controller; a controller keeps its metadata on one.
	Disks int
	// Racks spreads the brokers over three zones; Together is how many of one zone may restart at once.
	Racks    bool
	Together int
	// Threshold is failureThreshold.
	Threshold int
	// Control gives the cluster a Cruise Control.
	Control bool
	// Accepts is the user's consent to what no order of restarts can protect.
	Accepts bool
	// Class is a storage class of the world, empty for its default.
	Class string
	// Topic and User give the cluster a KafkaTopic and a KafkaUser.
	Topic, User bool
	// Retain keeps the volumes when the cluster is deleted.
	Retain bool
	// ServerSide is Metacontroller's other apply strategy.
	ServerSide bool
	// Unguarded is an API server that lets in what our CRDs refuse.
	Unguarded bool
}

func (s *Shape) words() []word {
	return []word{
		{"brokers", &s.Brokers},
		{"controllers", &s.Controllers},
		{"disks", &s.Disks},
		{"racks", &s.Racks},
		{"together", &s.Together},
		{"threshold", &s.Threshold},
		{"control", &s.Control},
		{"accepts", &s.Accepts},
		{"class", &s.Class},
		{"topic", &s.Topic},
		{"user", &s.User},
		{"retain", &s.Retain},
		{"ssa", &s.ServerSide},
		{"unguarded", &s.Unguarded},
	}
}

// String is one line: brokers=3 disks=1 control.
func (s Shape) String() string { return line(s.words()) }

// drawShape draws a cluster: small ones more often than large ones.
func drawShape(chance *rand.Rand) Shape {
	sizes := []int{1, 1, 2, 3, 3, 3, 3, 3, 3, 3, 4, 4, 5, 6}
	s := Shape{Brokers: sizes[chance.IntN(len(sizes))], Disks: 1, Threshold: 1}
	if chance.IntN(20) == 0 {
		s.Brokers = 7 + chance.IntN(6)
	}
	if chance.IntN(3) == 0 {
		s.Controllers = []int{1, 3, 3, 3, 5}[chance.IntN(5)]
	}
	if chance.IntN(4) == 0 {
		s.Disks = 2
		if s.Brokers <= combined {
			s.Controllers = 3 // else no broker could have two
		}
	}
	if s.Brokers >= 3 && chance.IntN(3) == 0 {
		s.Racks, s.Together = true, 1+chance.IntN(3)
		s.Threshold = 1 + chance.IntN(2)
	}
	s.Control = chance.IntN(3) == 0
	s.Accepts = s.voters() < 3 && chance.IntN(4) > 0 || s.replicas() < 2 && chance.IntN(4) > 0
	s.Class = []string{"", "", "immediate", "local", "fixed"}[chance.IntN(5)]
	s.Topic, s.User, s.Retain = chance.IntN(3) == 0, chance.IntN(5) == 0, chance.IntN(2) == 0
	return s
}

// drawAround draws what the cluster runs under. It has a chance of its own, so that what a seed draws of cluster,
// script and weather does not hang on it.
func (s *Shape) drawAround(seed uint64) {
	chance := rand.New(rand.NewPCG(seed, 12))
	s.ServerSide = chance.IntN(3) == 0
	s.Unguarded = chance.IntN(5) == 0
}

// replicas is the replication factor of the cluster's topics, leastInSync their min.insync.replicas.
func (s *Shape) replicas() int    { return min(3, s.Brokers) }
func (s *Shape) leastInSync() int { return max(1, s.replicas()-1) }

// voters is the number of controllers.
func (s *Shape) voters() int {
	if s.Controllers > 0 {
		return s.Controllers
	}
	return min(combined, s.Brokers)
}

// nodes are as many as the Pods need at the most, and one more.
func (s *Shape) nodes() int {
	if s.Racks {
		return s.Brokers + s.Controllers + 1 + spare
	}
	return 4
}

// spare is how many brokers a script may add, combined how many are controllers too.
const spare, combined = 2, 3

// groups names the broker config groups, and the brokers of each.
func (s *Shape) groups() (names []string, ids map[string][]int) {
	ids = map[string][]int{}
	for id := range s.Controllers + s.Brokers {
		group := "broker"
		switch {
		case id < s.Controllers:
			group = "controller"
		case s.Controllers == 0 && id < combined:
			group = "combined"
		}
		ids[group] = append(ids[group], id)
	}
	return []string{"combined", "controller", "broker"}, ids
}

// documents are the YAML that the user applies.
func (s *Shape) documents() string {
	var b strings.Builder
	fmt.Fprintf(&b, head, s.Accepts, s.Racks, s.replicas(), s.leastInSync())
	if s.Racks {
		b.WriteString("  rackAwareness: {labels: [topology.kubernetes.io/zone]}\n")
	}
	if s.Retain {
		b.WriteString("  persistentVolumeClaimRetentionPolicy: {whenDeleted: Retain}\n")
	}
	fmt.Fprintf(&b, "  rollingUpgradeConfig: {failureThreshold: %d", s.Threshold)
	if s.Together > 0 {
		fmt.Fprintf(&b, ", concurrentBrokerRestartCountPerRack: %d", s.Together)
	}
	b.WriteString("}\n  brokerConfigGroups:\n")
	names, ids := s.groups()
	for _, name := range names {
		roles := map[string]string{"combined": "controller, broker", "controller": "controller", "broker": "broker"}[name]
		fmt.Fprintf(&b, "    %s:\n      processRoles: [%s]\n      storageConfigs:\n", name, roles)
		disks := 1
		if name == "broker" {
			disks = s.Disks
		}
		for disk := range disks {
			b.WriteString(s.storage(disk))
		}
	}
	b.WriteString("  brokers:\n")
	for _, name := range names {
		for _, id := range ids[name] {
			fmt.Fprintf(&b, "    - {id: %d, brokerConfigGroup: %s}\n", id, name)
		}
	}
	if s.Topic {
		fmt.Fprintf(&b, topic, s.replicas())
	}
	if s.User {
		b.WriteString(user)
	}
	return b.String()
}

// storage is one log directory.
func (s *Shape) storage(disk int) string {
	class := ""
	if s.Class != "" {
		class = "storageClassName: " + s.Class + ", "
	}
	return fmt.Sprintf("        - mountPath: /kafka-logs-%d\n          pvcSpec: {accessModes: [ReadWriteOnce], %s"+
		"resources: {requests: {storage: 10Gi}}}\n", disk, class)
}

const head = `apiVersion: kafka.banzaicloud.io/v1beta1
kind: KafkaCluster
metadata:
  name: seed
  namespace: kafka
  annotations: {kompositor.io/accept-unavailability: "%t"}
spec:
  kRaft: true
  headlessServiceEnabled: true
  oneBrokerPerNode: %t
  clusterImage: ghcr.io/adobe/koperator/kafka:2.13-3.9.2-jdk21.0.11
  readOnlyConfig: |
    auto.create.topics.enable=false
    default.replication.factor=%d
    min.insync.replicas=%d
    authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
  listenersConfig:
    internalListeners:
      - {type: plaintext, name: internal, containerPort: 29092, usedForInnerBrokerCommunication: true}
      - {type: plaintext, name: controller, containerPort: 29093, usedForControllerCommunication: true}
  cruiseControlConfig: {}
`

const topic = `---
apiVersion: kafka.banzaicloud.io/v1alpha1
kind: KafkaTopic
metadata: {name: invoices, namespace: kafka}
spec:
  clusterRef: {name: seed}
  name: invoices
  partitions: 3
  replicationFactor: %d
  config: {retention.ms: "86400000"}
`

const user = `---
apiVersion: kafka.banzaicloud.io/v1alpha1
kind: KafkaUser
metadata: {name: shop, namespace: kafka}
spec:
  clusterRef: {name: seed}
  secretName: shop-login
  authentication: {type: scram-sha-512}
  topicGrants:
  - {topicName: orders, accessType: read}
`
