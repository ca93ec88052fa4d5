package kube

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
)

// Provisioner is the provisioner name of the storage classes whose volumes this package plays.
const Provisioner = "e2e.kompositor.test/volumes"

// Zone is the value of the label topology.kubernetes.io/zone of a played node; there are three.
func Zone(node int) string { return [...]string{"zone-a", "zone-b", "zone-c"}[node%3] }

// playInterval is how often the played volumes and load balancers look for work.
const playInterval = 100 * time.Millisecond

func (c *Cluster) registerNodes(ctx context.Context) error {
	nodes, err := c.Client.Resource(ctx, "v1", "nodes")
	if err != nil {
		return err
	}
	for i := range c.config.Nodes {
		if _, err := c.Client.Create(ctx, nodes, node(i)); err != nil {
			return fmt.Errorf("register node %d: %w", i, err)
		}
	}
	return nil
}

// nodesTakePods waits until the control plane has taken its taint off every new node.
func (c *Cluster) nodesTakePods(ctx context.Context) (string, error) {
	nodes, err := c.Client.Resource(ctx, "v1", "nodes")
	if err != nil {
		return "discovery", err
	}
	registered, err := c.Client.List(ctx, nodes, "", "")
	if err != nil {
		return "the nodes", err
	}
	for _, n := range registered {
		if taints, _, _ := unstructured.NestedSlice(n.Object, "spec", "taints"); len(taints) > 0 {
			return n.GetName() + " is not ready", nil
		}
	}
	return "", nil
}

func node(i int) *Object {
	name := fmt.Sprintf("node-%d", i)
	size := map[string]any{"cpu": "64", "memory": "256Gi", "pods": "110", "ephemeral-storage": "1Ti"}
	return &Object{Object: map[string]any{
		"apiVersion": "v1", "kind": "Node",
		"metadata": map[string]any{
			"name": name,
			"labels": map[string]any{
				"kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
				"topology.kubernetes.io/region": "region-1",
				"topology.kubernetes.io/zone":   Zone(i),
			},
		},
		"status": map[string]any{
			"capacity": size, "allocatable": size,
			"addresses": []any{
				map[string]any{"type": "InternalIP", "address": fmt.Sprintf("192.0.2.%d", i+1)},
				map[string]any{"type": "Hostname", "address": name},
			},
		},
	}}
}

// StorageClass creates a class whose volumes are played: bound to a node first or not, expandable, deleted with their
// claim. The class named "standard" becomes the default. A class that already exists is left alone.
func (c *Cluster) StorageClass(ctx context.Context, name, bindingMode string) error {
	classes, err := c.Client.Resource(ctx, "storage.k8s.io/v1", "storageclasses")
	if err != nil {
		return err
	}
	class := &Object{Object: map[string]any{
		"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass",
		"metadata":    map[string]any{"name": name},
		"provisioner": Provisioner, "volumeBindingMode": bindingMode,
		"allowVolumeExpansion": true, "reclaimPolicy": "Delete",
	}}
	if name == "standard" {
		class.SetAnnotations(map[string]string{"storageclass.kubernetes.io/is-default-class": "true"})
	}
	if _, err := c.Client.Create(ctx, classes, class); err != nil && !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("storage class %s: %w", name, err)
	}
	return nil
}

// play starts the played volumes and load balancers; they run until the cluster stops.
func (c *Cluster) play(ctx context.Context) error {
	if err := c.StorageClass(ctx, "standard", "Immediate"); err != nil {
		return err
	}
	w := &world{client: c.Client}
	for _, find := range []struct {
		into               *Resource
		apiVersion, plural string
	}{
		{&w.claims, "v1", "persistentvolumeclaims"},
		{&w.volumes, "v1", "persistentvolumes"},
		{&w.services, "v1", "services"},
		{&w.classes, "storage.k8s.io/v1", "storageclasses"},
	} {
		var err error
		if *find.into, err = c.Client.Resource(ctx, find.apiVersion, find.plural); err != nil {
			return err
		}
	}
	for _, resource := range []Resource{w.claims, w.volumes, w.services} {
		cache, err := c.Client.Cache(ctx, resource, "")
		if err != nil {
			return err
		}
		w.seen = append(w.seen, cache)
	}
	log, err := os.Create(filepath.Join(c.config.Dir, "played.log"))
	if err != nil {
		return err
	}
	playing, cancel := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.play(playing, log)
	}()
	c.stopPlay = func() error {
		cancel()
		<-done
		for _, cache := range w.seen {
			cache.Close()
		}
		return log.Close()
	}
	return nil
}

// world is what no process of the control plane does: storage and load balancers of a cloud.
type world struct {
	client                             *Client
	claims, volumes, services, classes Resource
	addresses                          int
	seen                               []*Cache
}

// play looks for work whenever something has changed, and again after a failure.
func (w *world) play(ctx context.Context, log io.Writer) {
	tick := time.NewTicker(playInterval)
	defer tick.Stop()
	for played := -1; ctx.Err() == nil; {
		changes := 0
		for _, cache := range w.seen {
			changes += cache.Changes()
		}
		if changes != played {
			played = changes
			if err := w.step(ctx); err != nil && ctx.Err() == nil {
				_, _ = fmt.Fprintln(log, err) // shown when a test fails; conflicts are tried again at the next step
				played = -1
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
}

func (w *world) step(ctx context.Context) error {
	return errors.Join(w.provision(ctx), w.reclaim(ctx), w.balance(ctx))
}

// provision makes the volume of every claim that asks this provisioner for one, and completes expansions.
func (w *world) provision(ctx context.Context) error {
	claims, err := w.client.List(ctx, w.claims, "", "")
	if err != nil {
		return err
	}
	var errs []error
	for _, claim := range claims {
		if claim.GetDeletionTimestamp() != nil {
			continue
		}
		switch phase, _, _ := unstructured.NestedString(claim.Object, "status", "phase"); phase {
		case "Pending":
			errs = append(errs, w.provisionClaim(ctx, claim))
		case "Bound":
			errs = append(errs, w.expand(ctx, claim))
		}
	}
	return errors.Join(errs...)
}

func (w *world) provisionClaim(ctx context.Context, claim *Object) error {
	if claim.GetAnnotations()["volume.kubernetes.io/storage-provisioner"] != Provisioner {
		return nil // the control plane has not asked yet, or asks somebody else
	}
	className, _, _ := unstructured.NestedString(claim.Object, "spec", "storageClassName")
	class, err := w.client.Get(ctx, w.classes, types.NamespacedName{Name: className})
	if err != nil {
		return err
	}
	bindingMode, _, _ := unstructured.NestedString(class.Object, "volumeBindingMode")
	if bindingMode == "WaitForFirstConsumer" && claim.GetAnnotations()["volume.kubernetes.io/selected-node"] == "" {
		return nil
	}
	_, err = w.client.Create(ctx, w.volumes, volume(claim, className))
	if apierrors.IsAlreadyExists(err) {
		return nil
	}
	return err
}

func volume(claim *Object, className string) *Object {
	name := "pvc-" + string(claim.GetUID())
	size, _, _ := unstructured.NestedString(claim.Object, "spec", "resources", "requests", "storage")
	modes, _, _ := unstructured.NestedSlice(claim.Object, "spec", "accessModes")
	spec := map[string]any{
		"accessModes": modes, "capacity": map[string]any{"storage": size},
		"storageClassName": className, "persistentVolumeReclaimPolicy": "Delete",
		"hostPath": map[string]any{"path": "/played/" + name},
		"claimRef": map[string]any{
			"apiVersion": "v1", "kind": "PersistentVolumeClaim",
			"namespace": claim.GetNamespace(), "name": claim.GetName(), "uid": string(claim.GetUID()),
		},
	}
	if mode, found, _ := unstructured.NestedString(claim.Object, "spec", "volumeMode"); found {
		spec["volumeMode"] = mode
	}
	return &Object{Object: map[string]any{
		"apiVersion": "v1", "kind": "PersistentVolume",
		"metadata": map[string]any{
			"name":        name,
			"annotations": map[string]any{"pv.kubernetes.io/provisioned-by": Provisioner},
		},
		"spec": spec,
	}}
}

// expand gives a bound claim the size it asks for.
func (w *world) expand(ctx context.Context, claim *Object) error {
	wanted, _, _ := unstructured.NestedString(claim.Object, "spec", "resources", "requests", "storage")
	actual, _, _ := unstructured.NestedString(claim.Object, "status", "capacity", "storage")
	larger, err := isLarger(wanted, actual)
	if err != nil || !larger {
		return err
	}
	capacity := map[string]any{"capacity": map[string]any{"storage": wanted}}
	volumeName, _, _ := unstructured.NestedString(claim.Object, "spec", "volumeName")
	volumeKey := types.NamespacedName{Name: volumeName}
	_, err = w.client.MergePatch(ctx, w.volumes, volumeKey, map[string]any{"spec": capacity}, "")
	if err != nil {
		return err
	}
	_, err = w.client.MergePatch(ctx, w.claims, Key(claim), map[string]any{"status": capacity}, "status")
	return err
}

func isLarger(wanted, actual string) (bool, error) {
	if actual == "" {
		return false, nil // bound a moment ago; the binder has not reported the size yet
	}
	want, err := resource.ParseQuantity(wanted)
	if err != nil {
		return false, err
	}
	have, err := resource.ParseQuantity(actual)
	return want.Cmp(have) > 0, err
}

// reclaim deletes the played volumes whose claim is gone.
func (w *world) reclaim(ctx context.Context) error {
	volumes, err := w.client.List(ctx, w.volumes, "", "")
	if err != nil {
		return err
	}
	var errs []error
	for _, v := range volumes {
		phase, _, _ := unstructured.NestedString(v.Object, "status", "phase")
		played := v.GetAnnotations()["pv.kubernetes.io/provisioned-by"] == Provisioner
		if played && phase == "Released" && v.GetDeletionTimestamp() == nil {
			errs = append(errs, w.client.Delete(ctx, w.volumes, Key(v), metav1.DeleteOptions{}))
		}
	}
	return errors.Join(errs...)
}

// balance gives every Service of type LoadBalancer an address.
func (w *world) balance(ctx context.Context) error {
	services, err := w.client.List(ctx, w.services, "", "")
	if err != nil {
		return err
	}
	var errs []error
	for _, service := range services {
		kind, _, _ := unstructured.NestedString(service.Object, "spec", "type")
		_, has, _ := unstructured.NestedSlice(service.Object, "status", "loadBalancer", "ingress")
		if kind != "LoadBalancer" || has {
			continue
		}
		w.addresses++
		address := fmt.Sprintf("198.51.%d.%d", 100+w.addresses/250, 1+w.addresses%250)
		status := map[string]any{"loadBalancer": map[string]any{"ingress": []any{map[string]any{"ip": address}}}}
		_, err := w.client.MergePatch(ctx, w.services, Key(service), map[string]any{"status": status}, "status")
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
