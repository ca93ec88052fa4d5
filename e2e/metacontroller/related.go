package metacontroller

import (
	"context"
	"errors"
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kompositor/kompositor/e2e/kube"
)

// relatedRule is one wish of the customize hook.
type relatedRule struct {
	APIVersion        string                `json:"apiVersion"`
	Resource          string                `json:"resource"`
	LabelSelector     *metav1.LabelSelector `json:"labelSelector"`
	Namespace         string                `json:"namespace"`
	NamespaceSelector *metav1.LabelSelector `json:"namespaceSelector"`
	Names             []string              `json:"names"`
}

// customizeKey is what an answer of the customize hook is kept for.
type customizeKey struct {
	uid        types.UID
	generation int64
}

// relatedObjects are those that the customize hook asks for; none without such a hook. Every kind asked for is in the
// map, even without objects.
func (d *Driver) relatedObjects(ctx context.Context, pass *Pass, parent *kube.Object) (objectMap, error) {
	related := objectMap{}
	if d.controller.spec.Hooks.Customize == nil {
		return related, nil
	}
	response, err := d.customize(ctx, pass, parent)
	if err != nil {
		return nil, err
	}
	for _, rule := range response.RelatedResources {
		resource, err := d.client.Resource(ctx, rule.APIVersion, rule.Resource)
		if err != nil {
			return nil, err
		}
		objects, err := d.relatedByRule(ctx, parent, resource, rule)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", resource, err)
		}
		related.addKind(groupVersionKind(resource))
		for _, object := range objects {
			related.add(object)
		}
	}
	return related, nil
}

func (d *Driver) customize(ctx context.Context, pass *Pass, parent *kube.Object) (*customizeResponse, error) {
	key := customizeKey{uid: parent.GetUID(), generation: parent.GetGeneration()}
	if cached, found := d.customized[key]; found {
		return cached, nil
	}
	pass.Customized = true
	response := &customizeResponse{}
	request := customizeRequest{Controller: d.controller.object, Parent: parent}
	if _, _, err := d.call(ctx, d.controller.spec.Hooks.Customize, request, response); err != nil {
		return nil, err
	}
	d.customized[key] = response
	return response, nil
}

func (d *Driver) relatedByRule(
	ctx context.Context, parent *kube.Object, resource kube.Resource, rule relatedRule,
) ([]*kube.Object, error) {
	namespaces, err := d.relatedNamespaces(ctx, parent, resource, rule)
	if err != nil {
		return nil, err
	}
	selector := ""
	if rule.LabelSelector != nil {
		parsed, err := metav1.LabelSelectorAsSelector(rule.LabelSelector)
		if err != nil {
			return nil, err
		}
		selector = parsed.String()
	}
	var objects []*kube.Object
	for _, namespace := range namespaces {
		listed, err := d.reader.List(ctx, resource, namespace, selector)
		if err != nil {
			return nil, err
		}
		objects = append(objects, listed...)
	}
	if len(rule.Names) > 0 {
		objects = slices.DeleteFunc(objects, func(o *kube.Object) bool { return !slices.Contains(rule.Names, o.GetName()) })
	}
	return objects, nil
}

// relatedNamespaces are the namespaces that a rule reads; the empty name stands for all, and for no namespace.
func (d *Driver) relatedNamespaces(
	ctx context.Context, parent *kube.Object, resource kube.Resource, rule relatedRule,
) ([]string, error) {
	relative := d.controller.spec.Hooks.Customize.Version == v1 && d.parent.Namespaced
	switch {
	case len(rule.Names) > 0 && (rule.LabelSelector != nil || rule.NamespaceSelector != nil):
		return nil, errors.New("a rule has names or selectors, not both")
	case rule.Namespace != "" && rule.NamespaceSelector != nil:
		return nil, errors.New("a rule has a namespace or a namespaceSelector, not both")
	case rule.NamespaceSelector != nil && (relative || !resource.Namespaced):
		return nil, errors.New("a namespaceSelector needs a namespaced resource and a v2 hook")
	case relative && resource.Namespaced && rule.Namespace != "" && rule.Namespace != parent.GetNamespace():
		return nil, fmt.Errorf("a v1 hook cannot ask for namespace %s: the parent is in %s",
			rule.Namespace, parent.GetNamespace())
	case !resource.Namespaced:
		return []string{""}, nil
	case rule.NamespaceSelector != nil:
		return d.selectNamespaces(ctx, rule.NamespaceSelector)
	case rule.Namespace == "" && relative:
		return []string{parent.GetNamespace()}, nil
	default:
		return []string{rule.Namespace}, nil
	}
}

func (d *Driver) selectNamespaces(ctx context.Context, selector *metav1.LabelSelector) ([]string, error) {
	parsed, err := metav1.LabelSelectorAsSelector(selector)
	if err != nil {
		return nil, err
	}
	resource, err := d.client.Resource(ctx, "v1", "namespaces")
	if err != nil {
		return nil, err
	}
	found, err := d.reader.List(ctx, resource, "", parsed.String())
	if err != nil {
		return nil, err
	}
	names := make([]string, len(found))
	for i, namespace := range found {
		names[i] = namespace.GetName()
	}
	return names, nil
}
