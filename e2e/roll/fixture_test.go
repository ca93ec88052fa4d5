package roll

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/yaml"

	"github.com/kompositor/kompositor/e2e/kafka"
	"github.com/kompositor/kompositor/e2e/kube"
	"github.com/kompositor/kompositor/e2e/metacontroller"
	"github.com/kompositor/kompositor/e2e/node"
)

const (
	// patience bounds one wait: for one node to restart, or for records to be read.
	patience = 2 * time.Minute
	// rollPatience bounds the roll of the whole cluster.
	rollPatience = 6 * time.Minute
	// look is how often a wait looks.
	look = 100 * time.Millisecond
	// heap and virtual machine are what every node gets instead of what the sample asks for: six of them must fit into a
	// small machine, and start there.
	heap           = "-Xms192m -Xmx256m"
	virtualMachine = "-server -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Dsun.net.inetaddr.ttl=5"
)

// kafkaCluster is a KafkaCluster whose Pods run here, called for as Metacontroller would.
type kafkaCluster struct {
	t         *testing.T
	key       types.NamespacedName
	resource  kube.Resource
	parents   *kube.Cache
	pods      *kube.Cache
	node      *node.Node
	driver    *metacontroller.Driver
	loop      *metacontroller.Loop
	bootstrap string
	traffic   *traffic
	sampler   *sampler

	// beforeCalls is done before each look whether a call is due; nil for nothing.
	beforeCalls func()
	// others are the loops of topics and users.
	others []*metacontroller.Loop
	// leaves is a node that goes for good, with all that it has; empty for none.
	leaves     string
	generation int64 // of the last change
	calls      int
	restarts   []string             // Pods that the hook let go, in their order
	letGo      map[string]types.UID // those of them whose successor is not ready yet
	uids       map[string]types.UID // of the Pods as they were last seen
}

// newKafkaCluster applies a shipped sample and waits until it stands and traffic flows.
func newKafkaCluster(t *testing.T, sample string) *kafkaCluster {
	t.Helper()
	object := readSample(t, sample)
	c := &kafkaCluster{t: t, key: kube.Key(object), letGo: map[string]types.UID{}, uids: map[string]types.UID{}}
	c.bootstrap = fmt.Sprintf("%s-headless.%s.svc.cluster.local:29092", c.key.Name, c.key.Namespace)
	ctx := t.Context()
	newNamespace(t, c.key.Namespace)
	var err error
	if c.resource, err = cluster.Client.Kind(ctx, object.GetAPIVersion(), object.GetKind()); err != nil {
		t.Fatal(err)
	}
	podKind, err := cluster.Client.Kind(ctx, "v1", "Pod")
	if err != nil {
		t.Fatal(err)
	}
	for resource, into := range map[kube.Resource]**kube.Cache{podKind: &c.pods, c.resource: &c.parents} {
		if *into, err = cluster.Client.Cache(ctx, resource, c.key.Namespace); err != nil {
			t.Fatal(err)
		}
		t.Cleanup((*into).Close)
	}
	if _, err := cluster.Client.Create(ctx, c.resource, object); err != nil {
		t.Fatal(err)
	}
	c.node, err = node.Start(ctx, node.Config{Client: cluster.Client, Kubelet: pods, Namespace: c.key.Namespace, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.node.Stop(); err != nil {
			t.Error(err)
		}
	})
	c.driver, err = shipped.Driver(ctx, c.resource.Name, metacontroller.Options{}, func(warning string) {
		t.Errorf("the API server warns of a child: %s", warning)
	})
	if err != nil {
		t.Fatal(err)
	}
	if c.loop, err = c.driver.NewLoop(ctx, c.key); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.loop.Close)
	began := time.Now()
	c.callUntil("the cluster to stand", patience, c.notReady)
	t.Logf("%d nodes of Kafka %s are ready after %.0f s and %d calls", len(c.uids), kafka.Kafka3,
		time.Since(began).Seconds(), c.calls)
	c.traffic, c.sampler = newTraffic(t, c.bootstrap), newSampler(t, c.bootstrap)
	c.callUntil("every replica to be in sync", patience, c.notSettled)
	return c
}

// newNamespace makes a namespace whose Pods get no token for the API server: none of ours asks for one, and the kubelet
// here has none to give.
func newNamespace(t *testing.T, name string) {
	t.Helper()
	kubectl(t, "", "create", "namespace", name)
	until(t, "the default service account", func() string {
		_, _, err := cluster.Kubectl(t.Context(), nil, "-n", name, "patch", "serviceaccount", "default", "--type=merge",
			"-p", `{"automountServiceAccountToken":false}`)
		return missingUnless(err == nil, fmt.Sprint(err))
	})
}

// readSample reads a shipped sample with the virtual machine's options and the version changed, and nothing else.
func readSample(t *testing.T, name string) *kube.Object {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "manifests", "samples", name))
	if err != nil {
		t.Fatal(err)
	}
	object := &kube.Object{}
	if err := yaml.Unmarshal(text, &object.Object); err != nil {
		t.Fatal(err)
	}
	groups, found, err := unstructured.NestedMap(object.Object, "spec", "brokerConfigGroups")
	if err != nil || !found {
		t.Fatalf("%s has no brokerConfigGroups: its heap can not be changed there (%v)", name, err)
	}
	for _, group := range groups {
		group.(map[string]any)["kafkaHeapOpts"] = heap
		group.(map[string]any)["kafkaJvmPerfOpts"] = virtualMachine
	}
	object.Object["spec"].(map[string]any)["brokerConfigGroups"] = groups
	object.Object["spec"].(map[string]any)["clusterImage"] = image(kafka.Kafka3)
	return object
}

func image(version string) string { return "ghcr.io/adobe/koperator/kafka:2.13-" + version }

// change merges a patch, in YAML, into the spec.
func (c *kafkaCluster) change(patch string) {
	c.t.Helper()
	spec := map[string]any{}
	if err := yaml.Unmarshal([]byte(patch), &spec); err != nil {
		c.t.Fatal(err)
	}
	changed, err := cluster.Client.MergePatch(c.t.Context(), c.resource, c.key, map[string]any{"spec": spec}, "")
	if err != nil {
		c.t.Fatal(err)
	}
	c.generation = changed.GetGeneration()
}

// callUntil calls the hook whenever Metacontroller would, until nothing is missing.
func (c *kafkaCluster) callUntil(what string, limit time.Duration, missing func() string) {
	c.t.Helper()
	deadline := time.Now().Add(limit)
	for last := "?"; last != ""; {
		if time.Now().After(deadline) {
			c.t.Fatalf("waited %s in vain for %s: %s; status:\n%s", limit, what, last, c.status())
		}
		if c.beforeCalls != nil {
			c.beforeCalls()
		}
		pass := c.step(c.loop)
		c.watch()
		if pass != nil {
			c.took(pass)
		}
		for _, other := range c.others {
			c.step(other)
		}
		if last = missing(); last != "" {
			time.Sleep(look)
		}
	}
}

// step makes a pass if one is due; a conflict is what Metacontroller tries again.
func (c *kafkaCluster) step(loop *metacontroller.Loop) *metacontroller.Pass {
	c.t.Helper()
	pass, err := loop.Step(c.t.Context())
	if err != nil && !apierrors.IsConflict(err) {
		c.t.Fatalf("call: %v", err)
	}
	return pass
}

// watch sees which Pods are back.
func (c *kafkaCluster) watch() {
	for _, object := range c.pods.Objects() {
		name := object.GetName()
		c.uids[name] = object.GetUID()
		if before, down := c.letGo[name]; down && before != object.GetUID() && isReady(object) {
			delete(c.letGo, name)
		}
	}
}

// took notes a call and checks the rule that every roll has: never is a second node down by our choice.
func (c *kafkaCluster) took(pass *metacontroller.Pass) {
	c.t.Helper()
	if pass.Hook != "" {
		c.calls++
	}
	for _, write := range pass.Writes {
		if write.Verb != metacontroller.Delete || write.Err != nil {
			continue
		}
		name := write.Key.Name
		if c.leaves != "" && (name == c.leaves || strings.HasPrefix(name, c.leaves+"-") ||
			name == strings.Replace(c.leaves, "-", "-config-", 1)) {
			continue
		}
		if write.Resource.Kind != "Pod" {
			c.t.Errorf("the hook deletes %s %s", write.Resource.Kind, name)
			continue
		}
		for other := range c.letGo {
			c.t.Errorf("the hook lets %s go while %s is not back", name, other)
		}
		c.letGo[name] = c.uids[name]
		c.restarts = append(c.restarts, name)
	}
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

// read is the KafkaCluster as it was a moment ago; nil before it is there.
func (c *kafkaCluster) read() *kube.Object {
	for _, object := range c.parents.Objects() {
		if object.GetName() == c.key.Name {
			return object
		}
	}
	return nil
}

// condition is one condition of the present generation; nil if there is none.
func (c *kafkaCluster) condition(kind string) *metav1.Condition {
	c.t.Helper()
	object := c.read()
	if object == nil || object.GetGeneration() < c.generation {
		return nil
	}
	for _, found := range conditions(c.t, object) {
		if found.Type == kind && found.ObservedGeneration == object.GetGeneration() {
			return &found
		}
	}
	return nil
}

// conditions are those in an object's status.
func conditions(t *testing.T, object *kube.Object) []metav1.Condition {
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

func (c *kafkaCluster) status() string {
	text, _ := yaml.Marshal(c.read().Object["status"])
	return string(text)
}

// notReady says what the CR says of itself unless it is ready.
func (c *kafkaCluster) notReady() string {
	ready := c.condition("Ready")
	switch {
	case ready == nil:
		return "no condition Ready for this generation"
	case ready.Status != metav1.ConditionTrue:
		return ready.Reason + ": " + ready.Message
	}
	return ""
}

// notSettled also wants every replica in sync, as Kafka says.
func (c *kafkaCluster) notSettled() string {
	if missing := c.notReady(); missing != "" {
		return missing
	}
	return missingUnless(c.sampler.inSync(), "a replica is not in sync")
}

// until waits for something that needs no call of the hook.
func until(t *testing.T, what string, missing func() string) {
	t.Helper()
	if last := attempt(t, missing); last != "" {
		t.Fatalf("waited %s in vain for %s: %s", patience, what, last)
	}
}

// attempt is until for a wait that may be in vain; it returns what is still missing.
func attempt(t *testing.T, missing func() string) (last string) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(look) {
		if last = missing(); last == "" || time.Now().After(deadline) {
			return last
		}
	}
}

func missingUnless(done bool, missing string) string {
	if done {
		return ""
	}
	return missing
}

func kubectl(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	out, warnings, err := cluster.Kubectl(ctx, strings.NewReader(stdin), args...)
	if err != nil || warnings != "" {
		t.Fatalf("kubectl %v: %v %s", args, err, warnings)
	}
	return out
}
