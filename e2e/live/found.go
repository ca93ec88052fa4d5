package live

import (
	"slices"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/kompositor/kompositor/e2e/kube"
)

// Found makes a KafkaCluster, the first of the objects, with its status, and what it owns as somebody else has left it.
// It waits until its Pods are ready and traffic flows. No hook is called before Begin.
func Found(t *testing.T, run *Run, load Load, objects []*kube.Object) *Cluster {
	t.Helper()
	cluster, owned := objects[0], objects[1:]
	lightenGroups(cluster)
	c := newCluster(t, run, cluster)
	status := cluster.Object["status"]
	made, err := run.Control.Client.Create(t.Context(), c.resource, cluster)
	if err != nil {
		t.Fatal(err)
	}
	made.Object["status"] = status
	if made, err = run.Control.Client.UpdateStatus(t.Context(), c.resource, made); err != nil {
		t.Fatal(err)
	}
	for _, object := range owned {
		references := object.GetOwnerReferences()
		for i := range references {
			references[i].UID = made.GetUID()
		}
		object.SetOwnerReferences(references)
		if object.GetKind() == "Pod" {
			lighten(object)
		}
		kind, err := run.Control.Client.Kind(t.Context(), object.GetAPIVersion(), object.GetKind())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := run.Control.Client.Create(t.Context(), kind, object); err != nil {
			t.Fatalf("%s %s: %v", object.GetKind(), object.GetName(), err)
		}
	}
	c.runPods()
	Until(t, "the Pods to be ready", func() string {
		c.Watch()
		down := slices.IndexFunc(c.pods.Objects(), func(pod *kube.Object) bool { return !isReady(pod) })
		return MissingUnless(len(c.UIDs) > 0 && down < 0, "a Pod")
	})
	c.Traffic, c.Sampler = newTraffic(t, c.Bootstrap, load), newSampler(t, c.Bootstrap)
	Until(t, "every replica to be in sync", func() string {
		return MissingUnless(c.Sampler.InSync(), "a replica is not in sync")
	})
	return c
}

// Begin lets the hooks be called from now on.
func (c *Cluster) Begin() {
	c.T.Helper()
	c.beginCalls()
}

// lighten gives the processes of a Pod the heap and virtual machine that every node has here, and lets the scheduler
// choose its Kubernetes node.
func lighten(pod *kube.Object) {
	unstructured.RemoveNestedField(pod.Object, "spec", "nodeName")
	containers, _, _ := unstructured.NestedSlice(pod.Object, "spec", "containers")
	for _, container := range containers {
		container := container.(map[string]any)
		env, _ := container["env"].([]any)
		container["env"] = append(env,
			map[string]any{"name": "KAFKA_HEAP_OPTS", "value": heap},
			map[string]any{"name": "KAFKA_JVM_PERFORMANCE_OPTS", "value": virtualMachine})
	}
	pod.Object["spec"].(map[string]any)["containers"] = containers
}

// lightenGroups is the same for what the KafkaCluster asks of every group of brokers.
func lightenGroups(cluster *kube.Object) {
	groups, _, _ := unstructured.NestedMap(cluster.Object, "spec", "brokerConfigGroups")
	for _, group := range groups {
		group.(map[string]any)["kafkaHeapOpts"] = heap
		group.(map[string]any)["kafkaJvmPerfOpts"] = virtualMachine
	}
	cluster.Object["spec"].(map[string]any)["brokerConfigGroups"] = groups
}
