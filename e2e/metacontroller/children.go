package metacontroller

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kompositor/kompositor/e2e/kube"
)

func groupVersionKind(r kube.Resource) schema.GroupVersionKind {
	return schema.GroupVersionKind{Group: r.Group, Version: r.Version, Kind: r.Kind}
}

// desiredChildren groups the hook's children, with the generated label added; one that does not match the selector
// aborts the pass before anything is written.
func (d *Driver) desiredChildren(parent *kube.Object, children []*kube.Object) (objectMap, error) {
	selector, err := d.childSelector(parent)
	if err != nil {
		return nil, err
	}
	desired := objectMap{}
	for _, child := range children {
		childLabels, _, err := unstructured.NestedStringMap(child.Object, "metadata", "labels")
		if err != nil {
			return nil, fmt.Errorf("labels of desired %s %s: %w", child.GetKind(), kube.Key(child), err)
		}
		if _, has := childLabels[generatedLabel]; d.controller.spec.GenerateSelector && !has {
			if childLabels == nil {
				childLabels = map[string]string{}
			}
			childLabels[generatedLabel] = string(parent.GetUID())
			child.SetLabels(childLabels)
		}
		if !selector.Matches(labels.Set(childLabels)) {
			return nil, fmt.Errorf("labels of desired %s %s do not match the parent's selector %s",
				child.GetKind(), kube.Key(child), selector)
		}
		desired.add(child)
	}
	return desired, nil
}

// deleteChildren deletes the children that the hook left out, except those already going.
func (d *Driver) deleteChildren(ctx context.Context, pass *Pass, observed, desired objectMap) error {
	var errs []error
	observed.each(func(kind schema.GroupVersionKind, name string, child *kube.Object) {
		if desired[kind][name] == nil && child.GetDeletionTimestamp() == nil {
			errs = append(errs, d.deleteChild(ctx, pass, child))
		}
	})
	return errors.Join(errs...)
}

func (d *Driver) deleteChild(ctx context.Context, pass *Pass, child *kube.Object) error {
	resource, err := d.client.Kind(ctx, child.GetAPIVersion(), child.GetKind())
	if err != nil {
		return err
	}
	uid, background := child.GetUID(), metav1.DeletePropagationBackground
	err = d.client.Delete(ctx, resource, kube.Key(child), metav1.DeleteOptions{
		Preconditions: &metav1.Preconditions{UID: &uid}, PropagationPolicy: &background,
	})
	delete(d.applied, appliedKeyOf(child))
	return pass.record(Write{Verb: Delete, Resource: resource, Key: kube.Key(child), Err: err}, apierrors.IsNotFound)
}

// writeChildren creates and updates; a failure does not stop the others.
func (d *Driver) writeChildren(
	ctx context.Context, pass *Pass, parent *kube.Object, observed, desired objectMap,
) error {
	var errs []error
	desired.each(func(kind schema.GroupVersionKind, name string, child *kube.Object) {
		resource, err := d.client.Kind(ctx, child.GetAPIVersion(), child.GetKind())
		if err != nil {
			errs = append(errs, fmt.Errorf("desired %s %s: %w", kindKey(kind), name, err))
			return
		}
		work := &childWork{
			driver: d, pass: pass, parent: parent, resource: resource,
			method:   d.methods[kind.GroupKind()],
			observed: observed[kind][name], desired: child,
		}
		if d.options.Apply == ServerSideApply {
			err = work.serverSideApply(ctx)
		} else {
			err = work.dynamicApply(ctx)
		}
		errs = append(errs, err)
	})
	return errors.Join(errs...)
}

// childWork is one desired child and what is known about it.
type childWork struct {
	driver   *Driver
	pass     *Pass
	parent   *kube.Object
	resource kube.Resource
	method   updateMethod
	observed *kube.Object // nil if there is none
	desired  *kube.Object
}

func (w *childWork) record(verb Verb, err error, ignore ignorable) error {
	return w.pass.record(Write{Verb: verb, Resource: w.resource, Key: kube.Key(w.desired), Err: err}, ignore)
}

func (w *childWork) dynamicApply(ctx context.Context) error {
	if w.observed == nil {
		return w.create(ctx)
	}
	update, err := dynamicUpdate(w.observed, w.desired)
	if err != nil {
		return fmt.Errorf("%s %s: %w", w.resource, kube.Key(w.desired), err)
	}
	if reflect.DeepEqual(update.Object, w.observed.Object) || w.observed.GetDeletionTimestamp() != nil {
		return nil
	}
	switch w.method {
	case inPlace:
		_, err := w.driver.client.Update(ctx, w.resource, update)
		return w.record(Update, err, goneOrStale)
	case recreate:
		return w.driver.deleteChild(ctx, w.pass, w.observed) // created again by a later pass
	default:
		return nil
	}
}

func (w *childWork) create(ctx context.Context) error {
	object := w.desired.DeepCopy()
	if err := setLastApplied(object, w.desired); err != nil {
		return err
	}
	own(object, w.parent)
	_, err := w.driver.client.Create(ctx, w.resource, object)
	return w.record(Create, err, apierrors.IsAlreadyExists)
}
