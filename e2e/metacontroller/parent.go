package metacontroller

import (
	"context"
	"reflect"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kompositor/kompositor/e2e/kube"
)

// syncFinalizer adds the finalizer if there is a finalize hook and the parent is not already being deleted, and removes
// one that no hook answers for any more.
func (d *Driver) syncFinalizer(ctx context.Context, pass *Pass, parent *kube.Object) (*kube.Object, error) {
	enabled := d.controller.spec.Hooks.Finalize != nil
	has := slices.Contains(parent.GetFinalizers(), d.controller.finalizer())
	if has == enabled || enabled && parent.GetDeletionTimestamp() != nil {
		return parent, nil
	}
	return d.setFinalizer(ctx, pass, parent, enabled)
}

func (d *Driver) setFinalizer(ctx context.Context, pass *Pass, parent *kube.Object, want bool) (*kube.Object, error) {
	name := d.controller.finalizer()
	change := func(live *kube.Object) bool {
		finalizers := live.GetFinalizers()
		if slices.Contains(finalizers, name) == want {
			return false
		}
		if want {
			live.SetFinalizers(append(finalizers, name))
		} else {
			live.SetFinalizers(slices.DeleteFunc(finalizers, func(f string) bool { return f == name }))
		}
		return true
	}
	return d.changeParent(ctx, pass, parent, parentChange{verb: Finalizer, write: d.client.Update, change: change})
}

// shouldFinalize says whether children of a parent in deletion are still managed: not once our finalizer is gone, and
// not against Kubernetes' own garbage collection.
func (d *Driver) shouldFinalize(parent *kube.Object) bool {
	finalizers := parent.GetFinalizers()
	return d.controller.spec.Hooks.Finalize != nil &&
		slices.Contains(finalizers, d.controller.finalizer()) &&
		!slices.Contains(finalizers, metav1.FinalizerDeleteDependents) &&
		!slices.Contains(finalizers, metav1.FinalizerOrphanDependents)
}

// writeStatus replaces the parent's status if it differs from the live one in anything. The generation that it
// reports is that of the parent which the hook saw.
func (d *Driver) writeStatus(ctx context.Context, pass *Pass, parent *kube.Object, status map[string]any) error {
	wanted := map[string]any{}
	if status != nil {
		wanted = runtime.DeepCopyJSON(status)
	}
	wanted["observedGeneration"] = parent.GetGeneration()
	change := func(live *kube.Object) bool {
		if reflect.DeepEqual(live.Object["status"], any(wanted)) {
			return false
		}
		live.Object["status"] = wanted
		return true
	}
	_, err := d.changeParent(ctx, pass, parent, parentChange{verb: Status, write: d.client.UpdateStatus, change: change})
	return err
}

type parentChange struct {
	verb   Verb
	write  func(context.Context, kube.Resource, *kube.Object) (*kube.Object, error)
	change func(live *kube.Object) bool // false if there is nothing to write
}

// conflictTries is how often a change of the parent is tried when others write it at the same time.
const conflictTries = 4

// changeParent changes the live parent, whatever was written to it since it was read.
func (d *Driver) changeParent(
	ctx context.Context, pass *Pass, parent *kube.Object, change parentChange,
) (*kube.Object, error) {
	for try := 1; ; try++ {
		live, err := d.client.Get(ctx, d.parent, kube.Key(parent))
		if err != nil {
			return nil, err
		}
		if live.GetUID() != parent.GetUID() {
			group := schema.GroupResource{Group: d.parent.Group, Resource: d.parent.Name}
			return nil, apierrors.NewNotFound(group, parent.GetName())
		}
		if !change.change(live) {
			return live, nil
		}
		written, err := change.write(ctx, d.parent, live)
		again := apierrors.IsConflict(err) && try < conflictTries
		write := Write{Verb: change.verb, Resource: d.parent, Key: kube.Key(parent), Err: err}
		err = pass.record(write, func(error) bool { return again })
		if !again {
			return written, err
		}
	}
}
