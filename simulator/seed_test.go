package simulator

import (
	"flag"
	"os"
	"testing"
	"time"
)

var (
	seeds     = flag.Int("seeds", 20, "number of seeds")
	firstSeed = flag.Uint64("seed", 1, "the first seed; with -seeds=1 and -v it tells the story of that one")
)

// TestSeeds lets clusters live through random faults and changes. A failure prints the seed and its script.
func TestSeeds(t *testing.T) {
	demo, err := os.ReadFile("../manifests/samples/kafkacluster-demo.yaml")
	if err != nil {
		t.Fatal(err)
	}
	liveThrough(t, string(demo), Options{Nodes: 4}, *seeds)
}

// TestSeedsInRacks is the same for six brokers in three zones, of which three of a zone may restart at once.
// Each seed costs four times as much, so there are fewer.
func TestSeedsInRacks(t *testing.T) { liveThrough(t, rackCluster, Options{Nodes: 9}, max(1, *seeds/4)) }

// liveThrough lets one cluster after the other live through its seed's script.
func liveThrough(t *testing.T, documents string, options Options, seeds int) {
	t.Helper()
	const length = 8
	started, ticks, calls, failed := time.Now(), 0, 0, 0
	for i := range seeds {
		seed := *firstSeed + uint64(i)
		options := options
		options.Seed, options.Hook, options.TwiceEvery = seed, clusterHook, 25
		if seeds == 1 && testing.Verbose() {
			options.Watch = func(s Sentence) { t.Log(s) }
		}
		report := Run(options, documents, RandomScript(seed, length))
		ticks, calls = ticks+report.Ticks, calls+report.Calls
		if report.Failed() {
			t.Error(report)
			if failed++; failed == 5 {
				t.Fatal("five seeds have failed; the rest is not tried")
			}
		}
	}
	took := time.Since(started)
	t.Logf("%d seeds, %d ticks, %d calls in %s: %.1f seeds a second",
		seeds, ticks, calls, took, float64(seeds)/took.Seconds())
}

// A run is a function of its options and its script.
func TestRunIsReproducible(t *testing.T) {
	demo, err := os.ReadFile("../manifests/samples/kafkacluster-demo.yaml")
	if err != nil {
		t.Fatal(err)
	}
	run := func() (story string) {
		options := Options{Seed: 7, Nodes: 4, Hook: clusterHook, Watch: func(s Sentence) { story += s.String() + "\n" }}
		Run(options, string(demo), RandomScript(7, 6))
		return story
	}
	if first, second := run(), run(); first != second || first == "" {
		t.Errorf("two runs of the same seed tell different stories:\n%s\n%s", first, second)
	}
}

// rackCluster has controllers of their own, and two brokers in each of three zones.
const rackCluster = `apiVersion: kafka.banzaicloud.io/v1beta1
kind: KafkaCluster
metadata:
  name: demo
  namespace: kafka
spec:
  kRaft: true
  headlessServiceEnabled: true
  oneBrokerPerNode: true
  clusterImage: ghcr.io/adobe/koperator/kafka:2.13-3.9.2-jdk21.0.11
  rackAwareness: {labels: [topology.kubernetes.io/zone]}
  brokerConfigGroups:
    controller:
      processRoles: [controller]
      storageConfigs:
        - mountPath: /kafka-logs
          pvcSpec:
            accessModes: [ReadWriteOnce]
            resources: {requests: {storage: 10Gi}}
    broker:
      processRoles: [broker]
      storageConfigs:
        - mountPath: /kafka-logs
          pvcSpec:
            accessModes: [ReadWriteOnce]
            resources: {requests: {storage: 10Gi}}
  brokers:
    - {id: 0, brokerConfigGroup: controller}
    - {id: 1, brokerConfigGroup: controller}
    - {id: 2, brokerConfigGroup: controller}
    - {id: 3, brokerConfigGroup: broker}
    - {id: 4, brokerConfigGroup: broker}
    - {id: 5, brokerConfigGroup: broker}
    - {id: 6, brokerConfigGroup: broker}
    - {id: 7, brokerConfigGroup: broker}
    - {id: 8, brokerConfigGroup: broker}
  rollingUpgradeConfig:
    failureThreshold: 1
    concurrentBrokerRestartCountPerRack: 3
  listenersConfig:
    internalListeners:
      - {type: plaintext, name: internal, containerPort: 29092, usedForInnerBrokerCommunication: true}
      - {type: plaintext, name: controller, containerPort: 29093, usedForControllerCommunication: true}
  cruiseControlConfig: {}`
