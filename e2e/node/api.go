package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kompositor/kompositor/e2e/kube"
	"github.com/kompositor/kompositor/e2e/kubelet"
)

// publish makes the names of the namespace's Services known, when these have changed.
func (n *Node) publish() error {
	changes := n.services.Changes()
	if changes == n.published {
		return nil
	}
	objects := n.services.Objects()
	services := make([]corev1.Service, len(objects))
	for i, object := range objects {
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, &services[i]); err != nil {
			return err
		}
	}
	n.published = changes
	return n.config.Kubelet.SetServices(services)
}

// volumes are what the Pod's volumes and variables may refer to: all of its namespace. A claim has the folder of its
// UID, and only once it is bound.
func (n *Node) volumes(ctx context.Context, wanted *corev1.Pod) (kubelet.Volumes, error) {
	volumes := kubelet.Volumes{
		ConfigMaps: map[string]*corev1.ConfigMap{}, Secrets: map[string]*corev1.Secret{}, Claims: map[string]string{},
	}
	err := errors.Join(
		each(ctx, n, n.resources.configMaps, func(object *corev1.ConfigMap) error {
			volumes.ConfigMaps[object.Name] = object
			return nil
		}),
		each(ctx, n, n.resources.secrets, func(object *corev1.Secret) error {
			volumes.Secrets[object.Name] = object
			return nil
		}),
		each(ctx, n, n.resources.claims, func(object *corev1.PersistentVolumeClaim) error {
			if object.Status.Phase != corev1.ClaimBound {
				return nil
			}
			volumes.Claims[object.Name] = filepath.Join(n.config.Dir, "claims", string(object.UID))
			return os.MkdirAll(volumes.Claims[object.Name], 0o755)
		}),
	)
	if err != nil {
		return volumes, fmt.Errorf("volumes of %s: %w", wanted.Name, err)
	}
	return volumes, nil
}

// each hands all objects of a resource in the namespace to use, decoded.
func each[T any](ctx context.Context, n *Node, resource kube.Resource, use func(*T) error) error {
	objects, err := n.config.Client.List(ctx, resource, n.config.Namespace, "")
	if err != nil {
		return err
	}
	for _, object := range objects {
		decoded := new(T)
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, decoded); err != nil {
			return err
		}
		if err := use(decoded); err != nil {
			return err
		}
	}
	return nil
}

// tell writes the Pod's status if it is news.
func (n *Node) tell(ctx context.Context, wanted *corev1.Pod, p *pod) error {
	status, err := json.Marshal(p.running.Status())
	if err != nil {
		return err
	}
	if string(status) == p.told {
		return nil
	}
	patch := map[string]any{
		"metadata": map[string]any{"uid": string(wanted.UID)}, "status": json.RawMessage(status),
	}
	key := types.NamespacedName{Namespace: wanted.Namespace, Name: wanted.Name}
	_, err = n.config.Client.MergePatch(ctx, n.resources.pods, key, patch, "status")
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err == nil {
		p.told = string(status)
	}
	return err
}

// remove takes a Pod of which nothing is left off the API server.
func (n *Node) remove(ctx context.Context, name string, uid types.UID) error {
	key := types.NamespacedName{Namespace: n.config.Namespace, Name: name}
	err := n.config.Client.Delete(ctx, n.resources.pods, key, metav1.DeleteOptions{
		GracePeriodSeconds: new(int64(0)), Preconditions: &metav1.Preconditions{UID: &uid},
	})
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}
