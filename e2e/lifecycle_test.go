package e2e

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kompositor/kompositor/e2e/kube"
	"github.com/kompositor/kompositor/e2e/metacontroller"
)

const threeBrokers = `
apiVersion: kafka.banzaicloud.io/v1beta1
kind: KafkaCluster
metadata: {name: kafka}
spec:
  kRaft: true
  headlessServiceEnabled: true
  oneBrokerPerNode: false
  clusterImage: ghcr.io/adobe/koperator/kafka:2.13-3.9.1
  readOnlyConfig: |
    auto.create.topics.enable=false
  brokerConfigGroups:
    default:
      processRoles: [broker, controller]
      storageConfigs:
      - mountPath: /kafka-logs
        pvcSpec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 10Gi}}}
  brokers:
  - {id: 0, brokerConfigGroup: default}
  - {id: 1, brokerConfigGroup: default}
  - {id: 2, brokerConfigGroup: default}
  rollingUpgradeConfig: {failureThreshold: 1}
  cruiseControlConfig: {}
  listenersConfig:
    internalListeners:
    - {type: plaintext, name: internal, containerPort: 29092, usedForInnerBrokerCommunication: true}
    - {type: plaintext, name: controller, containerPort: 29093, usedForControllerCommunication: true}
`

// A cluster lives through what its users and its nodes do to it. Each step starts where the one before it ended.
func TestClusterLives(t *testing.T) {
	driver, _ := shippedDriver(t, "kafkaclusters", metacontroller.DynamicApply)
	p := newParent(t, driver, parseText(t, threeBrokers)[0])
	p.settle()
	pods, claims := p.byBroker("pods"), p.byBroker("persistentvolumeclaims")
	step := func(name string, check func(t *testing.T)) {
		passed := t.Run(name, func(t *testing.T) {
			p.t = t
			check(t)
		})
		if p.t = t; !passed {
			t.FailNow()
		}
	}

	step("a lost Pod comes back with its volume", func(t *testing.T) {
		kubectl(t, "", "-n", p.key.Namespace, "delete", "pod", pods["1"].GetName(), "--wait=false")
		waitFor(t, "the Pod to be gone", gone("v1", "pods", p.key.Namespace+"/"+pods["1"].GetName()))
		p.settle()
		now := p.byBroker("pods")
		if now["1"].GetUID() == pods["1"].GetUID() {
			t.Error("the Pod is still the old one")
		}
		mustBeSame(t, claims, p.byBroker("persistentvolumeclaims"))
		pods = now
	})
	step("a volume grows under a running broker", func(t *testing.T) {
		p.apply(strings.ReplaceAll(threeBrokers, "10Gi", "20Gi"))
		p.settle()
		for id, claim := range p.byBroker("persistentvolumeclaims") {
			waitForField(t, "persistentvolumeclaims", kube.Key(claim).String(), "20Gi", "status", "capacity", "storage")
			if claim.GetUID() != claims[id].GetUID() {
				t.Errorf("broker %s has another claim", id)
			}
		}
		mustBeSame(t, pods, p.byBroker("pods"))
	})
	step("nothing restarts while Kafka does not answer", func(t *testing.T) {
		changed := strings.ReplaceAll(threeBrokers, "10Gi", "20Gi")
		p.apply(strings.ReplaceAll(changed, "topics.enable=false", "topics.enable=true"))
		p.settle()
		mustBeSame(t, pods, p.byBroker("pods"))
	})
	p.delete()
}

func (p *parent) apply(manifest string) {
	p.t.Helper()
	object := parseText(p.t, manifest)[0]
	object.SetNamespace(p.key.Namespace)
	apply(p.t, p.key.Namespace, encode(p.t, object))
}

// byBroker are the objects of one kind that have a broker's labels, by its id; each broker has one.
func (p *parent) byBroker(plural string) map[string]*kube.Object {
	p.t.Helper()
	resource, err := cluster.Client.Resource(p.t.Context(), "v1", plural)
	if err != nil {
		p.t.Fatal(err)
	}
	objects, err := cluster.Client.List(p.t.Context(), resource, p.key.Namespace, "kafka_cr="+p.key.Name+",brokerId")
	if err != nil {
		p.t.Fatal(err)
	}
	found := map[string]*kube.Object{}
	for _, object := range objects {
		found[object.GetLabels()["brokerId"]] = object
	}
	if len(found) != len(objects) {
		p.t.Fatalf("%d %s for %d brokers", len(objects), plural, len(found))
	}
	return found
}

// mustBeSame checks that the objects are those of before, neither replaced nor gone.
func mustBeSame(t *testing.T, before, now map[string]*kube.Object) {
	t.Helper()
	if diff := cmp.Diff(uids(before), uids(now)); diff != "" {
		t.Errorf("-before +now:\n%s", diff)
	}
}

func uids(objects map[string]*kube.Object) []string {
	var all []string
	for _, id := range slices.Sorted(maps.Keys(objects)) {
		all = append(all, id+" "+string(objects[id].GetUID()))
	}
	return all
}

// Whoever keeps the volumes of a deleted cluster finds every claim as it was, with no owner left.
func TestClaimsOutliveTheirCluster(t *testing.T) {
	driver, _ := shippedDriver(t, "kafkaclusters", metacontroller.DynamicApply)
	retained := threeBrokers + "  persistentVolumeClaimRetentionPolicy: {whenDeleted: Retain}\n"
	p := newParent(t, driver, parseText(t, retained)[0])
	p.settle()
	claims := p.byBroker("persistentvolumeclaims")
	p.delete()
	waitFor(t, "the Pods to be gone", func(context.Context) (string, error) {
		return missingUnless(len(p.byBroker("pods")) == 0, "Pods still run"), nil
	})
	kept := p.byBroker("persistentvolumeclaims")
	mustBeSame(t, claims, kept)
	for id, claim := range kept {
		if owners := claim.GetOwnerReferences(); len(owners) > 0 || claim.GetDeletionTimestamp() != nil {
			t.Errorf("the claim of broker %s has owners %v and is deleted at %v", id, owners, claim.GetDeletionTimestamp())
		}
	}
}
