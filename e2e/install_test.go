package e2e

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	gosync "sync"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kompositor/kompositor/e2e/metacontroller"
	"github.com/kompositor/kompositor/e2e/product"
)

// group is the API group of all our kinds.
const group = "kafka.banzaicloud.io"

// The shipped manifests make a hook that comes up, is reached as the shipped CompositeControllers say, and answers
// nobody without the token.
func TestInstall(t *testing.T) {
	install(t)
	waitFor(t, "the hook's Deployment", func(ctx context.Context) (string, error) {
		deployment, err := read(ctx, "apps/v1", "deployments", product.Namespace+"/kompositor")
		if err != nil {
			return "the Deployment", err
		}
		wanted, _, _ := unstructured.NestedInt64(deployment.Object, "spec", "replicas")
		ready, _, err := unstructured.NestedInt64(deployment.Object, "status", "availableReplicas")
		return missingUnless(wanted > 0 && ready == wanted, fmt.Sprintf("%d of %d replicas", ready, wanted)), err
	})
	mustReachAPIServer(t)
	driver, address := shippedDriver(t, "kafkaclusters", metacontroller.DynamicApply)
	key := types.NamespacedName{Namespace: "default", Name: "none"}
	if _, err := driver.Sync(t.Context(), key); err != nil {
		t.Errorf("a pass over no parent: %v", err)
	}
	hook := "https://" + address + "/sync/kafkacluster"
	response, err := product.Insecure().Post(hook, "application/json", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil {
		t.Error(err)
	}
	if response.StatusCode != http.StatusUnauthorized {
		t.Errorf("a call without the token is answered %s", response.Status)
	}
}

// mustReachAPIServer checks what the hook needs to part a claim from its KafkaCluster: in a Pod it reads its token and
// the API server's CA from where the kubelet mounts them, and does not start without them.
func mustReachAPIServer(t *testing.T) {
	t.Helper()
	deployment, err := read(t.Context(), "apps/v1", "deployments", product.Namespace+"/kompositor")
	if err != nil {
		t.Fatal(err)
	}
	// The ServiceAccount admission plugin mounts the token into every container, unless it is told not to.
	mounts, found, err := unstructured.NestedBool(deployment.Object,
		"spec", "template", "spec", "automountServiceAccountToken")
	if err != nil || found && !mounts {
		t.Errorf("the hook's Pods get no service account token (automountServiceAccountToken %t, %v)", mounts, err)
	}
	account := "system:serviceaccount:" + product.Namespace + ":kompositor"
	kubectl(t, "", "auth", "can-i", "patch", "persistentvolumeclaims", "--all-namespaces", "--as", account)
}

// shippedDriver plays Metacontroller for the shipped CompositeController of a parent resource, with the shipped rights,
// against the shipped binary.
func shippedDriver(
	t *testing.T, parents string, strategy metacontroller.ApplyStrategy,
) (driver *metacontroller.Driver, address string) {
	t.Helper()
	installed := install(t)
	driver, err := installed.Driver(t.Context(), parents, metacontroller.Options{Apply: strategy}, func(warning string) {
		t.Errorf("the API server warns of a child: %s", warning)
	})
	if err != nil {
		t.Fatal(err)
	}
	return driver, installed.Address
}

// install applies the shipped manifests and starts the hook once for the whole run.
func install(t *testing.T) *product.Product {
	t.Helper()
	installed, err := installOnce()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), settleTimeout)
	defer cancel()
	if err := installed.WaitReady(ctx); err != nil {
		t.Fatal(err)
	}
	return installed
}

var installOnce = gosync.OnceValues(func() (*product.Product, error) {
	ctx, cancel := context.WithTimeout(context.Background(), installTimeout)
	defer cancel()
	return product.Install(ctx, cluster, "..")
})

// installTimeout includes building the binary.
const installTimeout = 5 * time.Minute
