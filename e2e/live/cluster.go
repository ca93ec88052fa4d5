package live

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"

	confluent "github.com/confluentinc/confluent-kafka-go/v2/kafka"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/yaml"

	"github.com/kompositor/kompositor/e2e/kafka"
	"github.com/kompositor/kompositor/e2e/kube"
	"github.com/kompositor/kompositor/e2e/metacontroller"
	"github.com/kompositor/kompositor/e2e/node"
)

// What every node gets instead of what the sample asks for: six of them must fit into a small machine, and start there.
const (
	heap           = "-Xms192m -Xmx256m"
	virtualMachine = "-server -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Dsun.net.inetaddr.ttl=5"
)

// Config says what a test begins with.
type Config struct {
	// Sample is the file of a shipped sample that has brokerConfigGroups.
	Sample string
	// Spec is merged into the sample's spec, in YAML; empty for nothing.
	Spec string
	// Load is what is written all the time.
	Load Load
}

// Cluster is a KafkaCluster whose Pods run here, called for as Metacontroller would. It is for one goroutine.
type Cluster struct {
	// T is the test that waits fail.
	T   *testing.T
	Run *Run
	Key types.NamespacedName
	// Bootstrap is where Kafka's clients begin.
	Bootstrap string
	Node      *node.Node
	Driver    *metacontroller.Driver
	Traffic   *Traffic
	Sampler   *Sampler

	// BeforeCalls is done before each look whether a call is due; nil for nothing.
	BeforeCalls func()
	// Others are the loops of further parents: topics, users.
	Others []*metacontroller.Loop
	// Leaves is a node that goes for good, with all that it has; empty for none.
	Leaves string
	// Down says that the hook does not run: calls fail, and are repeated.
	Down bool
	// Calls counts the hook's calls for the KafkaCluster.
	Calls int
	// Restarts are the Pods that the hook let go, in their order; LetGo those of them whose successor is not ready yet.
	Restarts []string
	LetGo    map[string]types.UID
	// UIDs are those of the Pods as they were last seen, and IDs the nodes of Kafka that they are, whatever they are
	// called.
	UIDs map[string]types.UID
	IDs  map[string]string

	resource   kube.Resource
	parents    *kube.Cache
	pods       *kube.Cache
	loop       *metacontroller.Loop
	operations *operations
	generation int64 // of the last change
}

// New applies a shipped sample and waits until it stands and traffic flows.
func New(t *testing.T, run *Run, config Config) *Cluster {
	t.Helper()
	object := readSample(t, run, config)
	c := newCluster(t, run, object)
	if _, err := run.Control.Client.Create(t.Context(), c.resource, object); err != nil {
		t.Fatal(err)
	}
	c.runPods()
	c.beginCalls()
	began := time.Now()
	c.CallUntil("the cluster to stand", Patience, c.NotReady)
	t.Logf("%d nodes of Kafka %s are ready after %.0f s and %d calls", len(c.UIDs), kafka.Kafka3,
		time.Since(began).Seconds(), c.Calls)
	c.Traffic, c.Sampler = newTraffic(t, c.Bootstrap, config.Load), newSampler(t, c.Bootstrap)
	c.CallUntil("every replica to be in sync", Patience, c.NotSettled)
	return c
}

func newCluster(t *testing.T, run *Run, object *kube.Object) *Cluster {
	t.Helper()
	c := &Cluster{
		T: t, Run: run, Key: kube.Key(object),
		LetGo: map[string]types.UID{}, UIDs: map[string]types.UID{}, IDs: map[string]string{},
	}
	c.Bootstrap = fmt.Sprintf("%s-headless.%s.svc.cluster.local:29092", c.Key.Name, c.Key.Namespace)
	run.newNamespace(t, c.Key.Namespace)
	c.follow(object)
	return c
}

// follow watches what the API server has of the cluster and of its Pods.
func (c *Cluster) follow(object *kube.Object) {
	c.T.Helper()
	client, ctx := c.Run.Control.Client, c.T.Context()
	var err error
	if c.resource, err = client.Kind(ctx, object.GetAPIVersion(), object.GetKind()); err != nil {
		c.T.Fatal(err)
	}
	pods, err := client.Kind(ctx, "v1", "Pod")
	if err != nil {
		c.T.Fatal(err)
	}
	for resource, into := range map[kube.Resource]**kube.Cache{pods: &c.pods, c.resource: &c.parents} {
		if *into, err = client.Cache(ctx, resource, c.Key.Namespace); err != nil {
			c.T.Fatal(err)
		}
		c.T.Cleanup((*into).Close)
	}
}

func (c *Cluster) runPods() {
	c.T.Helper()
	var err error
	c.Node, err = node.Start(c.T.Context(), node.Config{
		Client: c.Run.Control.Client, Kubelet: c.Run.Pods, Namespace: c.Key.Namespace, Dir: c.Run.Dir,
	})
	if err != nil {
		c.T.Fatal(err)
	}
	t := c.T
	t.Cleanup(func() {
		if err := c.Node.Stop(); err != nil {
			t.Error(err)
		}
	})
}

// readSample reads a shipped sample with the virtual machine's options and the version changed, what the test adds, and
// nothing else.
func readSample(t *testing.T, run *Run, config Config) *kube.Object {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(run.Root, "manifests", "samples", config.Sample))
	if err != nil {
		t.Fatal(err)
	}
	object, more := &kube.Object{}, map[string]any{}
	if err := yaml.Unmarshal(text, &object.Object); err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal([]byte(config.Spec), &more); err != nil {
		t.Fatal(err)
	}
	groups, found, err := unstructured.NestedMap(object.Object, "spec", "brokerConfigGroups")
	if err != nil || !found {
		t.Fatalf("%s has no brokerConfigGroups: its heap can not be changed there (%v)", config.Sample, err)
	}
	for _, group := range groups {
		group.(map[string]any)["kafkaHeapOpts"] = heap
		group.(map[string]any)["kafkaJvmPerfOpts"] = virtualMachine
	}
	spec := object.Object["spec"].(map[string]any)
	spec["brokerConfigGroups"], spec["clusterImage"] = groups, Image(kafka.Kafka3)
	maps.Copy(spec, more)
	return object
}

// Image is the image of a version of Kafka.
func Image(version string) string { return "ghcr.io/adobe/koperator/kafka:2.13-" + version }

// Change merges a patch, in YAML, into the spec.
func (c *Cluster) Change(patch string) {
	c.T.Helper()
	spec := map[string]any{}
	if err := yaml.Unmarshal([]byte(patch), &spec); err != nil {
		c.T.Fatal(err)
	}
	changed, err := c.Run.Control.Client.MergePatch(c.T.Context(), c.resource, c.Key, map[string]any{"spec": spec}, "")
	if err != nil {
		c.T.Fatal(err)
	}
	c.generation = changed.GetGeneration()
}

// Admin is a new administrator's client; the caller closes it.
func (c *Cluster) Admin() *confluent.AdminClient {
	c.T.Helper()
	admin, err := confluent.NewAdminClient(&confluent.ConfigMap{"bootstrap.servers": c.Bootstrap, "log_level": 2})
	if err != nil {
		c.T.Fatal(err)
	}
	return admin
}

// Read is the KafkaCluster as it was a moment ago; nil before it is there.
func (c *Cluster) Read() *kube.Object {
	for _, object := range c.parents.Objects() {
		if object.GetName() == c.Key.Name {
			return object
		}
	}
	return nil
}

// Status decodes what the KafkaCluster says of itself.
func (c *Cluster) Status(into any) {
	c.T.Helper()
	raw, err := json.Marshal(c.Read().Object["status"])
	if err != nil {
		c.T.Fatal(err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		c.T.Fatal(err)
	}
}

// Condition is one condition of the present generation; nil if there is none.
func (c *Cluster) Condition(kind string) *metav1.Condition {
	c.T.Helper()
	object := c.Read()
	if object == nil || object.GetGeneration() < c.generation {
		return nil
	}
	for _, found := range Conditions(c.T, object) {
		if found.Type == kind && found.ObservedGeneration == object.GetGeneration() {
			return &found
		}
	}
	return nil
}

// Conditions are those in an object's status.
func Conditions(t *testing.T, object *kube.Object) []metav1.Condition {
	t.Helper()
	raw, err := json.Marshal(object.Object["status"])
	if err != nil {
		t.Fatal(err)
	}
	var status struct{ Conditions []metav1.Condition }
	if err := json.Unmarshal(raw, &status); err != nil {
		t.Fatal(err)
	}
	return status.Conditions
}

// NotReady says what the CR says of itself unless it is ready.
func (c *Cluster) NotReady() string {
	ready := c.Condition("Ready")
	switch {
	case ready == nil:
		return "no condition Ready for this generation"
	case ready.Status != metav1.ConditionTrue:
		return ready.Reason + ": " + ready.Message
	}
	return ""
}

// NotSettled also wants every replica in sync, as Kafka says.
func (c *Cluster) NotSettled() string {
	if missing := c.NotReady(); missing != "" {
		return missing
	}
	return MissingUnless(c.Sampler.InSync(), "a replica is not in sync")
}

// IsReady says that a Pod is ready, as the API server knows it.
func (c *Cluster) IsReady(name string) bool {
	for _, pod := range c.pods.Objects() {
		if pod.GetName() == name {
			return isReady(pod)
		}
	}
	return false
}

func isReady(pod *kube.Object) bool {
	conditions, _, _ := unstructured.NestedSlice(pod.Object, "status", "conditions")
	for _, condition := range conditions {
		if condition := condition.(map[string]any); condition["type"] == "Ready" {
			return condition["status"] == "True" && pod.GetDeletionTimestamp() == nil
		}
	}
	return false
}
