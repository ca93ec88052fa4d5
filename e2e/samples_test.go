package e2e

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kompositor/kompositor/e2e/kube"
	"github.com/kompositor/kompositor/e2e/metacontroller"
)

// Every sample KafkaCluster comes up through the shipped binary under the shipped CompositeController, whichever way
// Metacontroller writes: no object is refused, and once settled ten more calls write nothing and are answered with the
// same bytes. Then it is deleted, and goes.
func TestSamplesSettle(t *testing.T) {
	for _, strategy := range []metacontroller.ApplyStrategy{metacontroller.DynamicApply, metacontroller.ServerSideApply} {
		t.Run(string(strategy), func(t *testing.T) { settleSamples(t, strategy) })
	}
}

func settleSamples(t *testing.T, strategy metacontroller.ApplyStrategy) {
	t.Helper()
	driver, _ := shippedDriver(t, "kafkaclusters", strategy)
	for _, sample := range samples(t) {
		for _, object := range sample.objects {
			if object.GetKind() != "KafkaCluster" {
				continue
			}
			t.Run(sample.name, func(t *testing.T) {
				parent := newParent(t, driver, object)
				parent.settle()
				parent.stand(10)
				parent.delete()
			})
		}
	}
}

// parent is one KafkaCluster in its own namespace, and the driver that calls the shipped binary for it.
type parent struct {
	t      *testing.T
	driver *metacontroller.Driver
	key    types.NamespacedName
	// watch is told of every write; nil for nobody.
	watch func(metacontroller.Write)
}

func newParent(t *testing.T, driver *metacontroller.Driver, object *kube.Object) *parent {
	t.Helper()
	namespace := newNamespace(t)
	object.SetNamespace(namespace)
	provideStorageClasses(t, object)
	provideNodes(t, object.Object)
	apply(t, namespace, userSecrets)
	apply(t, namespace, encode(t, object))
	return &parent{t: t, driver: driver, key: kube.Key(object)}
}

// userSecrets are those that the samples name and a user has to provide. Nothing reads them here: no container runs.
const userSecrets = `
apiVersion: v1
kind: Secret
metadata: {name: kafka-ca-certificate}
stringData:
  caCert: made for tests
  caKey: made for tests
  clientCert: made for tests
  clientKey: made for tests
  peerCert: made for tests
  peerKey: made for tests
  ca.crt: made for tests
  tls.crt: made for tests
  tls.key: made for tests
  keystore.jks: made for tests
  truststore.jks: made for tests
  password: made for tests
`

// provideStorageClasses makes every class that the CR names, as the administrator of its cluster has.
func provideStorageClasses(t *testing.T, object *kube.Object) {
	t.Helper()
	for _, name := range textsOf(object.Object, "storageClassName") {
		if err := cluster.StorageClass(t.Context(), name, "WaitForFirstConsumer"); err != nil {
			t.Fatal(err)
		}
	}
}

// provideNodes gives every node the labels that a nodeSelector of the CR asks for.
func provideNodes(t *testing.T, value any) {
	t.Helper()
	switch value := value.(type) {
	case map[string]any:
		selector, _, _ := unstructured.NestedStringMap(value, "nodeSelector")
		for label, wanted := range selector {
			kubectl(t, "", "label", "nodes", "--all", "--overwrite", label+"="+wanted)
		}
		for _, inner := range value {
			provideNodes(t, inner)
		}
	case []any:
		for _, inner := range value {
			provideNodes(t, inner)
		}
	}
}

// textsOf are the texts of all fields with that name, however deep.
func textsOf(value any, field string) []string {
	var found []string
	switch value := value.(type) {
	case map[string]any:
		for key, inner := range value {
			if text, isText := inner.(string); isText && key == field {
				found = append(found, text)
			}
			found = append(found, textsOf(inner, field)...)
		}
	case []any:
		for _, inner := range value {
			found = append(found, textsOf(inner, field)...)
		}
	}
	return found
}

// pass is one call in which nothing is refused.
func (p *parent) pass() *metacontroller.Pass {
	p.t.Helper()
	var pass *metacontroller.Pass
	onceServed(p.t, func() (err error) {
		pass, err = p.driver.Sync(p.t.Context(), p.key)
		return err
	})
	for _, write := range pass.Writes {
		if p.watch != nil {
			p.watch(write)
		}
	}
	for _, refused := range pass.Rejections() {
		// The controller manager writes claims and services too: a write that comes second is not a refused object.
		if !apierrors.IsConflict(refused.Err) {
			p.t.Fatalf("refused: %v", refused)
		}
	}
	return pass
}

// quietPasses in a row without a write, while nothing in the namespace is still on its way, make a cluster settled.
const quietPasses = 3

func (p *parent) settle() {
	p.t.Helper()
	quiet := 0
	waitFor(p.t, "KafkaCluster "+p.key.String()+" to settle", func(ctx context.Context) (string, error) {
		pass := p.pass()
		quiet++
		if len(pass.Writes) > 0 {
			quiet = 0
			return fmt.Sprint("a pass without writes; the last wrote ", pass.Writes), nil
		}
		if missing, err := p.onTheWay(ctx); missing != "" || err != nil {
			quiet = 0
			return missing, err
		}
		return missingUnless(quiet >= quietPasses, "more passes without writes"), nil
	})
	p.runsEveryBroker()
	state, _, err := unstructured.NestedString(p.read().Object, "status", "state")
	if err != nil || state == "" {
		p.t.Errorf("status.state is %q: %v", state, err)
	}
	p.t.Logf("settled with status.state %s", state)
}

// says drives until a condition of it is so.
func (p *parent) says(condition, status, reason string) {
	p.t.Helper()
	waitFor(p.t, "KafkaCluster "+p.key.String()+" to say so", func(context.Context) (string, error) {
		p.pass()
		conditions, _, err := unstructured.NestedSlice(p.read().Object, "status", "conditions")
		told := fmt.Sprintf("%s is not told", condition)
		for _, one := range conditions {
			one := one.(map[string]any)
			if one["type"] == condition {
				told = fmt.Sprintf("%s=%s (%s), not %s (%s): %s", condition, one["status"], one["reason"], status, reason,
					one["message"])
				if one["status"] == status && one["reason"] == reason {
					return "", err
				}
			}
		}
		return told, err
	})
}

// runsEveryBroker checks that each broker of the CR has exactly one Pod, found by the labels that are its identity.
func (p *parent) runsEveryBroker() {
	p.t.Helper()
	pods, err := cluster.Client.Resource(p.t.Context(), "v1", "pods")
	if err != nil {
		p.t.Fatal(err)
	}
	brokers, _, err := unstructured.NestedSlice(p.read().Object, "spec", "brokers")
	if err != nil || len(brokers) == 0 {
		p.t.Fatalf("spec.brokers is empty: %v", err)
	}
	for _, broker := range brokers {
		id := broker.(map[string]any)["id"]
		selector := fmt.Sprintf("kafka_cr=%s,brokerId=%v", p.key.Name, id)
		found, err := cluster.Client.List(p.t.Context(), pods, p.key.Namespace, selector)
		if err != nil || len(found) != 1 {
			p.t.Errorf("broker %v has %d Pods (%v)", id, len(found), err)
		}
	}
}

// onTheWay names an object in the namespace that the cluster has not finished with.
func (p *parent) onTheWay(ctx context.Context) (string, error) {
	for _, check := range []struct {
		plural, want string
		field        []string
	}{
		{"pods", "Running", []string{"status", "phase"}},
		{"persistentvolumeclaims", "Bound", []string{"status", "phase"}},
	} {
		resource, err := cluster.Client.Resource(ctx, "v1", check.plural)
		if err != nil {
			return "discovery", err
		}
		objects, err := cluster.Client.List(ctx, resource, p.key.Namespace, "")
		if err != nil {
			return check.plural, err
		}
		for _, object := range objects {
			if got, _, _ := unstructured.NestedString(object.Object, check.field...); got != check.want {
				return fmt.Sprintf("%s is %q, not %s", object.GetName(), got, check.want), nil
			}
		}
	}
	return "", nil
}

// stand makes that many more calls, none of which may write; equal requests must be answered with equal bytes.
func (p *parent) stand(calls int) {
	p.t.Helper()
	var before *metacontroller.Pass
	for range calls {
		pass := p.pass()
		if len(pass.Writes) > 0 {
			p.t.Fatalf("a settled cluster is written: %v", pass.Writes)
		}
		if before != nil && bytes.Equal(before.Request, pass.Request) && !bytes.Equal(before.Answer, pass.Answer) {
			p.t.Fatalf("the same request is answered differently:\n%s\n%s", before.Answer, pass.Answer)
		}
		before = pass
	}
}

// delete deletes the KafkaCluster and drives until it is gone.
func (p *parent) delete() {
	p.t.Helper()
	kubectl(p.t, "", "-n", p.key.Namespace, "delete", "kafkacluster", p.key.Name, "--wait=false")
	waitFor(p.t, "KafkaCluster "+p.key.String()+" to go", func(ctx context.Context) (string, error) {
		if pass := p.pass(); pass.Hook == "" {
			return "", nil
		}
		missing, err := gone(group+"/v1beta1", "kafkaclusters", p.key.String())(ctx)
		return missing, err
	})
}

func (p *parent) read() *kube.Object {
	p.t.Helper()
	object, err := read(p.t.Context(), group+"/v1beta1", "kafkaclusters", p.key.String())
	if err != nil {
		p.t.Fatal(err)
	}
	return object
}
