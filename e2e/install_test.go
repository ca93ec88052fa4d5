package e2e

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	gosync "sync"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kompositor/kompositor/e2e/kube"
	"github.com/kompositor/kompositor/e2e/metacontroller"
)

const (
	// group is the API group of all our kinds.
	group = "kafka.banzaicloud.io"
	// hookNamespace is where the shipped manifests put the hook.
	hookNamespace = "kompositor-system"
	// metacontrollerUser is whom the shipped rights for Metacontroller are given to; the driver acts as it.
	metacontrollerUser = "system:serviceaccount:metacontroller:metacontroller"
)

// metacontrollerCRD stands for Metacontroller's own, so that CompositeControllers can be applied.
const metacontrollerCRD = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: compositecontrollers.metacontroller.k8s.io
  annotations: {api-approved.kubernetes.io: "unapproved, for tests"}
spec:
  group: metacontroller.k8s.io
  scope: Cluster
  names: {plural: compositecontrollers, singular: compositecontroller, kind: CompositeController}
  versions:
  - name: v1alpha1
    served: true
    storage: true
    subresources: {status: {}}
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`

// The shipped manifests make a hook that comes up, is reached as the shipped CompositeControllers say, and answers
// nobody without the token.
func TestInstall(t *testing.T) {
	install(t)
	waitFor(t, "the hook's Deployment", func(ctx context.Context) (string, error) {
		deployment, err := read(ctx, "apps/v1", "deployments", hookNamespace+"/kompositor")
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
	response, err := insecure().Post("https://"+address+"/sync/kafkacluster", "application/json", strings.NewReader("{}"))
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
	deployment, err := read(t.Context(), "apps/v1", "deployments", hookNamespace+"/kompositor")
	if err != nil {
		t.Fatal(err)
	}
	// The ServiceAccount admission plugin mounts the token into every container, unless it is told not to.
	mounts, found, err := unstructured.NestedBool(deployment.Object,
		"spec", "template", "spec", "automountServiceAccountToken")
	if err != nil || found && !mounts {
		t.Errorf("the hook's Pods get no service account token (automountServiceAccountToken %t, %v)", mounts, err)
	}
	account := "system:serviceaccount:" + hookNamespace + ":kompositor"
	kubectl(t, "", "auth", "can-i", "patch", "persistentvolumeclaims", "--all-namespaces", "--as", account)
}

// shippedDriver plays Metacontroller for the shipped CompositeController of a parent resource, with the shipped rights,
// against the shipped binary.
func shippedDriver(
	t *testing.T, parents string, strategy metacontroller.ApplyStrategy,
) (driver *metacontroller.Driver, address string) {
	t.Helper()
	address = install(t)
	resource, err := cluster.Client.Resource(t.Context(), "metacontroller.k8s.io/v1alpha1", "compositecontrollers")
	if err != nil {
		t.Fatal(err)
	}
	objects, err := cluster.Client.List(t.Context(), resource, "", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, object := range objects {
		controller, err := metacontroller.FromObject(object)
		if err != nil {
			t.Fatal(err)
		}
		if controller.Parents() != parents {
			continue
		}
		client := cluster.Client.As(metacontrollerUser).OnWarning(func(warning string) {
			// The users who set nodePortExternalIP ask for this field, whatever Kubernetes thinks of it.
			if !strings.Contains(warning, "spec.externalIPs is deprecated") {
				t.Errorf("the API server warns of a child: %s", warning)
			}
		})
		options := metacontroller.Options{Address: address, Apply: strategy}
		driver, err = metacontroller.New(t.Context(), client, controller, options)
		if err != nil {
			t.Fatal(err)
		}
		return driver, address
	}
	t.Fatalf("there is no CompositeController for %s", parents)
	return nil, ""
}

// install applies the shipped manifests and starts the hook once for the whole run; it returns the hook's address.
func install(t *testing.T) string {
	t.Helper()
	address, err := installOnce()
	if err != nil {
		t.Fatal(err)
	}
	waitFor(t, "kompositor to be ready", func(ctx context.Context) (string, error) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+address+"/readyz", http.NoBody)
		if err != nil {
			return "", err
		}
		response, err := insecure().Do(request)
		if err != nil {
			return "/readyz", err
		}
		return missingUnless(response.StatusCode == http.StatusOK, response.Status), response.Body.Close()
	})
	return address
}

var installOnce = gosync.OnceValues(func() (address string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), installTimeout)
	defer cancel()
	rights := filepath.Join("..", "manifests", "components", "metacontroller-rbac", "clusterrole.yaml")
	for _, args := range [][]string{
		{"apply", "-f", "-"},
		{"wait", "--for=condition=Established", "crd/compositecontrollers.metacontroller.k8s.io"},
		{"apply", "-k", filepath.Join("..", "manifests")},
		{"apply", "-f", rights},
		{"wait", "--for=condition=Established", "crd", "--all"},
	} {
		_, warnings, err := cluster.Kubectl(ctx, strings.NewReader(metacontrollerCRD), args...)
		if err != nil {
			return "", err
		}
		if warnings != "" {
			return "", fmt.Errorf("kubectl %v warns: %s", args, warnings)
		}
	}
	if err := serveAll(ctx); err != nil {
		return "", err
	}
	return startHook(ctx)
})

// serveAll waits until the API server lists every shipped kind: for a moment after a CRD is established it answers that
// its storage is (re)initializing. The real Metacontroller tries again; a test would fail.
func serveAll(ctx context.Context) error {
	for plural, version := range map[string]string{
		"kafkaclusters": "v1beta1", "kafkatopics": "v1alpha1", "kafkausers": "v1alpha1",
		"cruisecontroloperations": "v1alpha1",
	} {
		err := kube.Wait(ctx, plural+" to be served", func(ctx context.Context) (string, error) {
			resource, err := cluster.Client.Resource(ctx, group+"/"+version, plural)
			if err != nil {
				return "", err
			}
			_, err = cluster.Client.List(ctx, resource, "", "")
			return "", err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// installTimeout includes building the binary.
const installTimeout = 5 * time.Minute

// startHook runs the two containers of the shipped Deployment as processes, with their own arguments; only addresses
// and folders are mapped.
func startHook(ctx context.Context) (address string, err error) {
	binary := os.Getenv("KOMPOSITOR")
	if binary == "" {
		if binary, err = build(ctx); err != nil {
			return "", err
		}
	}
	deployment, err := read(ctx, "apps/v1", "deployments", hookNamespace+"/kompositor")
	if err != nil {
		return "", err
	}
	account, err := serviceAccount(ctx, "kompositor")
	if err != nil {
		return "", err
	}
	ports, err := kube.FreePorts(1)
	if err != nil {
		return "", err
	}
	address = fmt.Sprintf("127.0.0.1:%d", ports[0])
	mapped := strings.NewReplacer("/certificates", filepath.Join(cluster.Dir(), "certificates"), "=:8443", "="+address)
	certificates := slices.DeleteFunc(containerArgs(deployment, "initContainers", "certificates", mapped),
		func(arg string) bool { return strings.HasPrefix(arg, "--every") }) // once is enough
	certificates = append(certificates, "--server="+cluster.URL(), "--service-account="+account)
	if output, err := exec.CommandContext(ctx, binary, certificates...).CombinedOutput(); err != nil {
		return "", fmt.Errorf("kompositor %v: %w: %s", certificates, err, output)
	}
	serve := append(containerArgs(deployment, "containers", "hook", mapped), "--service-account="+account)
	return address, cluster.Run(binary, serve...)
}

func containerArgs(deployment *kube.Object, list, name string, mapped *strings.Replacer) []string {
	args, _, _ := unstructured.NestedStringSlice(container(deployment, list, name), "args")
	for i, arg := range args {
		args[i] = mapped.Replace(arg)
	}
	return args
}

// container is one container of a Deployment's template; nil if there is none of that name.
func container(deployment *kube.Object, list, name string) map[string]any {
	containers, _, _ := unstructured.NestedSlice(deployment.Object, "spec", "template", "spec", list)
	for _, candidate := range containers {
		if found, _ := candidate.(map[string]any); found["name"] == name {
			return found
		}
	}
	return nil
}

// serviceAccount makes the folder that the kubelet mounts for a service account.
func serviceAccount(ctx context.Context, name string) (dir string, err error) {
	dir = filepath.Join(cluster.Dir(), "serviceaccount-"+name)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", err
	}
	token, _, err := cluster.Kubectl(ctx, nil, "-n", hookNamespace, "create", "token", name)
	if err != nil {
		return "", err
	}
	authority, _, err := cluster.Kubectl(ctx, nil,
		"-n", hookNamespace, "get", "configmap", "kube-root-ca.crt", "-o", `jsonpath={.data.ca\.crt}`)
	if err != nil {
		return "", err
	}
	for file, content := range map[string]string{"token": token, "ca.crt": authority, "namespace": hookNamespace} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(content), 0o600); err != nil {
			return "", err
		}
	}
	return dir, os.MkdirAll(filepath.Join(cluster.Dir(), "certificates"), 0o700)
}

// build makes the binary of this tree.
func build(ctx context.Context) (string, error) {
	binary := filepath.Join(cluster.Dir(), "kompositor")
	command := exec.CommandContext(ctx, "go", "build", "-o", binary, ".")
	command.Dir = ".."
	if output, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build kompositor: %w: %s", err, output)
	}
	return binary, nil
}
