package e2e

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/kompositor/kompositor/e2e/kube"
)

var namespaces atomic.Int64

// newNamespace makes a namespace that Pods can be created in, and deletes it with the test.
func newNamespace(t *testing.T) string {
	t.Helper()
	name := fmt.Sprintf("test-%d", namespaces.Add(1))
	makeNamespace(t, name)
	return name
}

// makeNamespace is newNamespace for a test that needs a certain name.
func makeNamespace(t *testing.T, name string) {
	t.Helper()
	kubectl(t, "", "create", "namespace", name)
	t.Cleanup(func() {
		ctx := context.WithoutCancel(t.Context())
		if _, _, err := cluster.Kubectl(ctx, nil, "delete", "namespace", name, "--wait=false"); err != nil {
			t.Error(err)
		}
	})
	waitFor(t, "the default service account", func(ctx context.Context) (string, error) {
		_, err := read(ctx, "v1", "serviceaccounts", name+"/default")
		return "", err
	})
}

// kubectl runs kubectl, fails the test if it fails or warns, and returns what it printed.
func kubectl(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	stdout, stderr, err := cluster.Kubectl(t.Context(), strings.NewReader(stdin), args...)
	if err != nil {
		t.Fatal(err)
	}
	if stderr != "" {
		t.Fatalf("kubectl %v warns: %s", args, stderr)
	}
	return stdout
}

func apply(t *testing.T, namespace, manifest string) {
	t.Helper()
	kubectl(t, manifest, "-n", namespace, "apply", "-f", "-")
}

// waitFor polls the cluster; done returns what is still missing.
func waitFor(t *testing.T, what string, done func(context.Context) (missing string, err error)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), settleTimeout)
	defer cancel()
	if err := kube.Wait(ctx, what, done); err != nil {
		t.Fatal(err)
	}
}

// waitForField waits until a text field of a core object has the wanted value.
func waitForField(t *testing.T, plural, key, want string, field ...string) {
	t.Helper()
	waitFor(t, fmt.Sprintf("%s %s", plural, key), func(ctx context.Context) (string, error) {
		object, err := read(ctx, "v1", plural, key)
		if err != nil {
			return "the object", err
		}
		got, _, err := unstructured.NestedString(object.Object, field...)
		return missingUnless(got == want, fmt.Sprintf("%s is %q, not %q", strings.Join(field, "."), got, want)), err
	})
}

func gone(apiVersion, plural, key string) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		_, err := read(ctx, apiVersion, plural, key)
		if apierrors.IsNotFound(err) {
			return "", nil
		}
		return key + " still exists", err
	}
}

func missingUnless(done bool, missing string) string {
	if done {
		return ""
	}
	return missing
}
