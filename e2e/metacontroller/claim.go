package metacontroller

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/kompositor/kompositor/e2e/kube"
)

// generatedLabel marks the children of a controller with generateSelector; its value is the parent's UID.
const generatedLabel = "controller-uid"

func (d *Driver) childSelector(parent *kube.Object) (labels.Selector, error) {
	if d.controller.spec.GenerateSelector {
		return labels.SelectorFromSet(labels.Set{generatedLabel: string(parent.GetUID())}), nil
	}
	var selector metav1.LabelSelector
	content, _, err := unstructured.NestedMap(parent.Object, "spec", "selector")
	if err != nil {
		return nil, err
	}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(content, &selector); err != nil {
		return nil, err
	}
	if len(selector.MatchLabels)+len(selector.MatchExpressions) == 0 {
		return nil, fmt.Errorf("%s %s: spec.selector is empty and generateSelector is off", d.parent, kube.Key(parent))
	}
	return metav1.LabelSelectorAsSelector(&selector)
}

// claimChildren finds the parent's children among all objects of the child kinds: it adopts orphans that match and
// releases children that match no longer. Every kind is in the map, even without objects.
func (d *Driver) claimChildren(ctx context.Context, pass *Pass, parent *kube.Object) (objectMap, error) {
	selector, err := d.childSelector(parent)
	if err != nil {
		return nil, err
	}
	children := objectMap{}
	for _, resource := range d.children {
		candidates, err := d.reader.List(ctx, resource, parent.GetNamespace(), "")
		if err != nil {
			return nil, err
		}
		claim := &claim{driver: d, pass: pass, parent: parent, selector: selector, resource: resource}
		for _, candidate := range candidates {
			children.addKind(candidate.GroupVersionKind())
			claimed, err := claim.try(ctx, candidate)
			if err != nil {
				return nil, err
			}
			if claimed {
				children.add(candidate)
			}
		}
		children.addKind(groupVersionKind(resource))
	}
	return children, nil
}

type claim struct {
	driver   *Driver
	pass     *Pass
	parent   *kube.Object
	selector labels.Selector
	resource kube.Resource
}

// try says whether the object is a child of the parent, and makes it one, or no longer one, where that is due.
func (c *claim) try(ctx context.Context, object *kube.Object) (bool, error) {
	owner := metav1.GetControllerOf(object)
	matches := c.selector.Matches(labels.Set(object.GetLabels()))
	parentStays := c.parent.GetDeletionTimestamp() == nil
	switch {
	case owner != nil && owner.UID != c.parent.GetUID():
		return false, nil
	case owner != nil && matches:
		return true, nil
	case owner != nil && parentStays:
		return false, c.release(ctx, object)
	case owner == nil && matches && parentStays && object.GetDeletionTimestamp() == nil:
		return c.adopt(ctx, object)
	default:
		return false, nil
	}
}

// adopt makes the object a child, after asking the API server itself whether the parent is still there to stay.
func (c *claim) adopt(ctx context.Context, object *kube.Object) (bool, error) {
	live, err := c.driver.client.Get(ctx, c.driver.parent, kube.Key(c.parent))
	if err != nil {
		return false, err
	}
	if live.GetUID() != c.parent.GetUID() || live.GetDeletionTimestamp() != nil {
		return false, fmt.Errorf("adopt %s %s: its parent is going", c.resource, kube.Key(object))
	}
	owners := append(object.GetOwnerReferences(), controllerReference(c.parent))
	err = c.setOwners(ctx, Adopt, object, owners)
	return err == nil && c.pass.Writes[len(c.pass.Writes)-1].Err == nil, err
}

func (c *claim) release(ctx context.Context, object *kube.Object) error {
	var owners []metav1.OwnerReference
	for _, owner := range object.GetOwnerReferences() {
		if owner.UID != c.parent.GetUID() {
			owners = append(owners, owner)
		}
	}
	return c.setOwners(ctx, Release, object, owners)
}

func (c *claim) setOwners(ctx context.Context, verb Verb, object *kube.Object, owners []metav1.OwnerReference) error {
	patch := map[string]any{"metadata": map[string]any{"uid": string(object.GetUID()), "ownerReferences": owners}}
	changed, err := c.driver.client.MergePatch(ctx, c.resource, kube.Key(object), patch, "")
	if err == nil {
		*object = *changed
	}
	write := Write{Verb: verb, Resource: c.resource, Key: kube.Key(object), Err: err}
	return c.pass.record(write, apierrors.IsNotFound)
}

func controllerReference(parent *kube.Object) metav1.OwnerReference {
	return *metav1.NewControllerRef(parent, parent.GroupVersionKind())
}

// own adds the parent to the owners of an object that is going to be written.
func own(object, parent *kube.Object) {
	owners := object.GetOwnerReferences()
	for _, owner := range owners {
		if owner.UID == parent.GetUID() {
			return
		}
	}
	object.SetOwnerReferences(append(owners, controllerReference(parent)))
}
