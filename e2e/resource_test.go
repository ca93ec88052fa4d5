package e2e

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kompositor/kompositor/e2e/kube"
	"github.com/kompositor/kompositor/e2e/metacontroller"
)

// resource is one KafkaTopic or KafkaUser in its own namespace, and the driver that calls the shipped binary for it.
type resource struct {
	t      *testing.T
	driver *metacontroller.Driver
	kind   string
	key    types.NamespacedName
}

func newResource(t *testing.T, driver *metacontroller.Driver, object *kube.Object) *resource {
	t.Helper()
	namespace := newNamespace(t)
	object.SetNamespace(namespace)
	apply(t, namespace, encode(t, object))
	return &resource{t: t, driver: driver, kind: object.GetKind(), key: kube.Key(object)}
}

// plural is the name of the kind in the API's paths.
func (r *resource) plural() string { return strings.ToLower(r.kind) + "s" }

// pass is one call in which nothing is refused.
func (r *resource) pass() *metacontroller.Pass {
	r.t.Helper()
	pass, err := r.driver.Sync(r.t.Context(), r.key)
	if err != nil {
		r.t.Fatal(err)
	}
	if refused := pass.Rejections(); len(refused) > 0 {
		r.t.Fatalf("refused: %v", refused)
	}
	return pass
}

// says drives until a condition of it is so.
func (r *resource) says(condition, status, reason string) {
	r.t.Helper()
	waitFor(r.t, r.kind+" "+r.key.String()+" to say so", func(context.Context) (string, error) {
		r.pass()
		conditions, _, err := unstructured.NestedSlice(r.read().Object, "status", "conditions")
		for _, one := range conditions {
			told := one.(map[string]any)
			if told["type"] == condition && told["status"] == status && told["reason"] == reason {
				r.t.Logf("%s: %v", condition, told["message"])
				return "", err
			}
		}
		return condition + "=" + status + " (" + reason + ")", err
	})
}

// stand makes that many more calls, none of which may write, and all of which are answered with the same bytes.
func (r *resource) stand(calls int) {
	r.t.Helper()
	before := r.pass()
	for range calls {
		pass := r.pass()
		if len(pass.Writes) > 0 {
			r.t.Fatalf("a waiting "+r.kind+" is written: %v", pass.Writes)
		}
		if bytes.Equal(before.Request, pass.Request) && !bytes.Equal(before.Answer, pass.Answer) {
			r.t.Fatalf("the same request is answered differently:\n%s\n%s", before.Answer, pass.Answer)
		}
		before = pass
	}
}

// delete deletes it and drives until it is gone.
func (r *resource) delete() {
	r.t.Helper()
	kubectl(r.t, "", "-n", r.key.Namespace, "delete", r.plural(), r.key.Name, "--wait=false")
	waitFor(r.t, r.kind+" "+r.key.String()+" to go", func(ctx context.Context) (string, error) {
		if pass := r.pass(); pass.Hook == "" {
			return "", nil
		}
		return gone(group+"/v1alpha1", r.plural(), r.key.String())(ctx)
	})
}

func (r *resource) clusterName() string {
	r.t.Helper()
	name, _, err := unstructured.NestedString(r.read().Object, "spec", "clusterRef", "name")
	if err != nil || name == "" {
		r.t.Fatalf("spec.clusterRef.name is %q: %v", name, err)
	}
	return name
}

func (r *resource) read() *kube.Object {
	r.t.Helper()
	object, err := read(r.t.Context(), group+"/v1alpha1", r.plural(), r.key.String())
	if err != nil {
		r.t.Fatal(err)
	}
	return object
}

// newCluster makes the KafkaCluster that a topic or a user refers to, in its namespace.
func newCluster(t *testing.T, driver *metacontroller.Driver, namespace, name string) *parent {
	t.Helper()
	object := parse(t, "../manifests/samples/kafkacluster-demo.yaml")[0]
	object.SetNamespace(namespace)
	object.SetName(name)
	apply(t, namespace, encode(t, object))
	return &parent{t: t, driver: driver, key: kube.Key(object)}
}
