package e2e

import (
	"bytes"
	"context"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kompositor/kompositor/e2e/kube"
	"github.com/kompositor/kompositor/e2e/metacontroller"
)

// Every sample KafkaTopic is answered through the shipped binary under the shipped CompositeController, whichever way
// Metacontroller writes. No Kafka runs here: the topic waits for its KafkaCluster, then for Kafka, says so, is written
// no more, and goes when it is deleted, for it never was in Kafka.
func TestTopicsWait(t *testing.T) {
	for _, strategy := range []metacontroller.ApplyStrategy{metacontroller.DynamicApply, metacontroller.ServerSideApply} {
		t.Run(string(strategy), func(t *testing.T) { topicsWait(t, strategy) })
	}
}

func topicsWait(t *testing.T, strategy metacontroller.ApplyStrategy) {
	t.Helper()
	clusters, _ := shippedDriver(t, "kafkaclusters", strategy)
	topics, _ := shippedDriver(t, "kafkatopics", strategy)
	for _, sample := range samples(t) {
		for _, object := range sample.objects {
			if object.GetKind() != "KafkaTopic" {
				continue
			}
			t.Run(sample.name, func(t *testing.T) {
				topic := newTopic(t, topics, object)
				topic.says("Ready", "False", "ClusterMissing")
				topic.stand(3)
				cluster := newCluster(t, clusters, topic.key.Namespace, topic.clusterName())
				if pass := cluster.pass(); pass.Hook == "" {
					t.Fatalf("%s is not there", cluster.key)
				}
				topic.says("KafkaReachable", "False", "KafkaUnknown")
				topic.stand(3)
				topic.delete()
			})
		}
	}
}

// newCluster makes the KafkaCluster that a topic refers to, in the topic's namespace.
func newCluster(t *testing.T, driver *metacontroller.Driver, namespace, name string) *parent {
	t.Helper()
	object := parse(t, "../manifests/samples/kafkacluster-demo.yaml")[0]
	object.SetNamespace(namespace)
	object.SetName(name)
	apply(t, namespace, encode(t, object))
	return &parent{t: t, driver: driver, key: kube.Key(object)}
}

// topic is one KafkaTopic in its own namespace, and the driver that calls the shipped binary for it.
type topic struct {
	t      *testing.T
	driver *metacontroller.Driver
	key    types.NamespacedName
}

func newTopic(t *testing.T, driver *metacontroller.Driver, object *kube.Object) *topic {
	t.Helper()
	namespace := newNamespace(t)
	object.SetNamespace(namespace)
	apply(t, namespace, encode(t, object))
	return &topic{t: t, driver: driver, key: kube.Key(object)}
}

// pass is one call in which nothing is refused.
func (topic *topic) pass() *metacontroller.Pass {
	topic.t.Helper()
	pass, err := topic.driver.Sync(topic.t.Context(), topic.key)
	if err != nil {
		topic.t.Fatal(err)
	}
	if refused := pass.Rejections(); len(refused) > 0 {
		topic.t.Fatalf("refused: %v", refused)
	}
	return pass
}

// says drives until a condition of the topic is so.
func (topic *topic) says(condition, status, reason string) {
	topic.t.Helper()
	waitFor(topic.t, "KafkaTopic "+topic.key.String()+" to say so", func(context.Context) (string, error) {
		topic.pass()
		conditions, _, err := unstructured.NestedSlice(topic.read().Object, "status", "conditions")
		for _, one := range conditions {
			told := one.(map[string]any)
			if told["type"] == condition && told["status"] == status && told["reason"] == reason {
				topic.t.Logf("%s: %v", condition, told["message"])
				return "", err
			}
		}
		return condition + "=" + status + " (" + reason + ")", err
	})
}

// stand makes that many more calls, none of which may write, and all of which are answered with the same bytes.
func (topic *topic) stand(calls int) {
	topic.t.Helper()
	before := topic.pass()
	for range calls {
		pass := topic.pass()
		if len(pass.Writes) > 0 {
			topic.t.Fatalf("a waiting topic is written: %v", pass.Writes)
		}
		if bytes.Equal(before.Request, pass.Request) && !bytes.Equal(before.Answer, pass.Answer) {
			topic.t.Fatalf("the same request is answered differently:\n%s\n%s", before.Answer, pass.Answer)
		}
		before = pass
	}
}

// delete deletes the KafkaTopic and drives until it is gone.
func (topic *topic) delete() {
	topic.t.Helper()
	kubectl(topic.t, "", "-n", topic.key.Namespace, "delete", "kafkatopic", topic.key.Name, "--wait=false")
	waitFor(topic.t, "KafkaTopic "+topic.key.String()+" to go", func(ctx context.Context) (string, error) {
		if pass := topic.pass(); pass.Hook == "" {
			return "", nil
		}
		return gone(group+"/v1alpha1", "kafkatopics", topic.key.String())(ctx)
	})
}

func (topic *topic) clusterName() string {
	topic.t.Helper()
	name, _, err := unstructured.NestedString(topic.read().Object, "spec", "clusterRef", "name")
	if err != nil || name == "" {
		topic.t.Fatalf("spec.clusterRef.name is %q: %v", name, err)
	}
	return name
}

func (topic *topic) read() *kube.Object {
	topic.t.Helper()
	object, err := read(topic.t.Context(), group+"/v1alpha1", "kafkatopics", topic.key.String())
	if err != nil {
		topic.t.Fatal(err)
	}
	return object
}
