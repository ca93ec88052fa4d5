package product

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kompositor/kompositor/e2e/kube"
)

// Namespace is where the shipped manifests put the hook.
const Namespace = "kompositor-system"

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

// Product is what is shipped, on a control plane.
type Product struct {
	// Address is where the hook listens, as host:port.
	Address string
	// Binary is the file that runs.
	Binary string

	cluster *kube.Cluster
	root    string
	serve   []string // the arguments of its server
}

// Binary is the binary to test: that which the variable KOMPOSITOR names, else one built from the tree at root into
// dir.
func Binary(ctx context.Context, root, dir string) (string, error) {
	if binary := os.Getenv("KOMPOSITOR"); binary != "" {
		return binary, nil
	}
	binary := filepath.Join(dir, "kompositor")
	command := exec.CommandContext(ctx, "go", "build", "-o", binary, ".")
	command.Dir = root
	if output, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build kompositor: %w: %s", err, output)
	}
	return binary, nil
}

// Install applies the shipped manifests of the project at root and starts the hook. It does not wait for the hook.
func Install(ctx context.Context, cluster *kube.Cluster, root string) (*Product, error) {
	p := &Product{cluster: cluster, root: root}
	if err := p.apply(ctx); err != nil {
		return nil, err
	}
	if err := p.served(ctx); err != nil {
		return nil, err
	}
	return p, p.start(ctx)
}

func (p *Product) apply(ctx context.Context) error {
	manifests := filepath.Join(p.root, "manifests")
	rights := filepath.Join(manifests, "components", "metacontroller-rbac", "clusterrole.yaml")
	for _, args := range [][]string{
		{"apply", "-f", "-"},
		{"wait", "--for=condition=Established", "crd/compositecontrollers.metacontroller.k8s.io"},
		{"apply", "-k", manifests},
		{"apply", "-f", rights},
		{"wait", "--for=condition=Established", "crd", "--all"},
	} {
		_, warnings, err := p.cluster.Kubectl(ctx, strings.NewReader(metacontrollerCRD), args...)
		if err != nil {
			return err
		}
		if warnings != "" {
			return fmt.Errorf("kubectl %v warns: %s", args, warnings)
		}
	}
	return nil
}

// served waits until the API server lists every shipped kind: for a moment after a CRD is established it answers that
// its storage is (re)initializing. The real Metacontroller tries again; a test would fail.
func (p *Product) served(ctx context.Context) error {
	for plural, version := range map[string]string{
		"kafkaclusters": "v1beta1", "kafkatopics": "v1alpha1", "kafkausers": "v1alpha1",
		"cruisecontroloperations": "v1alpha1",
	} {
		err := kube.Wait(ctx, plural+" to be served", func(ctx context.Context) (string, error) {
			resource, err := p.cluster.Client.Resource(ctx, "kafka.banzaicloud.io/"+version, plural)
			if err != nil {
				return "", err
			}
			_, err = p.cluster.Client.List(ctx, resource, "", "")
			return "", err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// start runs the two containers of the shipped Deployment as processes, with their own arguments; only addresses and
// folders are mapped.
func (p *Product) start(ctx context.Context) error {
	var err error
	if p.Binary, err = Binary(ctx, p.root, p.cluster.Dir()); err != nil {
		return err
	}
	deployment, err := p.deployment(ctx)
	if err != nil {
		return err
	}
	account, err := p.serviceAccount(ctx, "kompositor")
	if err != nil {
		return err
	}
	ports, err := kube.FreePorts(1)
	if err != nil {
		return err
	}
	p.Address = fmt.Sprintf("127.0.0.1:%d", ports[0])
	mapped := strings.NewReplacer(
		"/certificates", filepath.Join(p.cluster.Dir(), "certificates"), "=:8443", "="+p.Address,
	)
	certificates := slices.DeleteFunc(containerArgs(deployment, "initContainers", "certificates", mapped),
		func(arg string) bool { return strings.HasPrefix(arg, "--every") }) // once is enough
	certificates = append(certificates, "--server="+p.cluster.URL(), "--service-account="+account)
	if output, err := exec.CommandContext(ctx, p.Binary, certificates...).CombinedOutput(); err != nil {
		return fmt.Errorf("kompositor %v: %w: %s", certificates, err, output)
	}
	p.serve = append(containerArgs(deployment, "containers", "hook", mapped), "--service-account="+account)
	return p.Start()
}

// Start starts the hook again after a Kill. It does not wait for it.
func (p *Product) Start() error { return p.cluster.Run(p.Binary, p.serve...) }

// Kill ends the hook without a warning.
func (p *Product) Kill() { p.cluster.Kill(p.Binary) }

func (p *Product) deployment(ctx context.Context) (*kube.Object, error) {
	resource, err := p.cluster.Client.Resource(ctx, "apps/v1", "deployments")
	if err != nil {
		return nil, err
	}
	return p.cluster.Client.Get(ctx, resource, types.NamespacedName{Namespace: Namespace, Name: "kompositor"})
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
func (p *Product) serviceAccount(ctx context.Context, name string) (dir string, err error) {
	dir = filepath.Join(p.cluster.Dir(), "serviceaccount-"+name)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", err
	}
	token, _, err := p.cluster.Kubectl(ctx, nil, "-n", Namespace, "create", "token", name)
	if err != nil {
		return "", err
	}
	authority, _, err := p.cluster.Kubectl(ctx, nil,
		"-n", Namespace, "get", "configmap", "kube-root-ca.crt", "-o", `jsonpath={.data.ca\.crt}`)
	if err != nil {
		return "", err
	}
	var errs []error
	for file, content := range map[string]string{"token": token, "ca.crt": authority, "namespace": Namespace} {
		errs = append(errs, os.WriteFile(filepath.Join(dir, file), []byte(content), 0o600))
	}
	return dir, errors.Join(append(errs, os.MkdirAll(filepath.Join(p.cluster.Dir(), "certificates"), 0o700))...)
}
