package metacontroller

import (
	"context"
	"errors"
	"fmt"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kompositor/kompositor/e2e/kube"
)

// ApplyStrategy is how children are written; it is Metacontroller's flag --apply-strategy.
type ApplyStrategy string

// The two strategies; dynamic apply is the default.
const (
	DynamicApply    ApplyStrategy = "dynamic-apply"
	ServerSideApply ApplyStrategy = "server-side-apply"
)

// Reader is what Metacontroller reads from its caches: parents, children and related objects. A test may give one that
// is behind the API server. Writes, and the reads just before the writes of a parent, never go through it.
type Reader interface {
	Get(ctx context.Context, r kube.Resource, key types.NamespacedName) (*kube.Object, error)
	List(ctx context.Context, r kube.Resource, namespace, selector string) ([]*kube.Object, error)
}

// Options are the settings of a [Driver]; the zero value is good.
type Options struct {
	// Apply is [DynamicApply] if empty.
	Apply ApplyStrategy
	// FieldManager of server-side apply; "metacontroller" if empty.
	FieldManager string
	// Address, such as "127.0.0.1:8443", is where every hook is reached, whatever host its URL names; empty resolves
	// that host.
	Address string
	// Reader is the client itself if nil.
	Reader Reader
}

// Driver plays Metacontroller for one CompositeController. It is not safe for concurrent use.
type Driver struct {
	client     *kube.Client
	reader     Reader
	controller *Controller
	options    Options

	parent         kube.Resource
	parentSelector labels.Selector // nil if every parent counts
	children       []kube.Resource // as in childResources
	methods        map[schema.GroupKind]updateMethod

	endpoints  map[*hook]endpoint
	customized map[customizeKey]*customizeResponse
	etags      map[etagKey]etagEntry
	applied    map[appliedKey]appliedState
}

// New looks up the controller's resources; its CRDs must be served by now.
func New(ctx context.Context, client *kube.Client, controller *Controller, options Options) (*Driver, error) {
	d := &Driver{
		client: client, reader: options.Reader, controller: controller, options: options,
		methods:    map[schema.GroupKind]updateMethod{},
		endpoints:  map[*hook]endpoint{},
		customized: map[customizeKey]*customizeResponse{},
		etags:      map[etagKey]etagEntry{},
		applied:    map[appliedKey]appliedState{},
	}
	if d.reader == nil {
		d.reader = client
	}
	if d.options.FieldManager == "" {
		d.options.FieldManager = "metacontroller"
	}
	if err := d.lookUp(ctx); err != nil {
		return nil, fmt.Errorf("CompositeController %s: %w", controller.Name, err)
	}
	return d, nil
}

// lookUp finds what the controller names in the API server.
func (d *Driver) lookUp(ctx context.Context) error {
	spec := d.controller.spec
	var err error
	if d.parent, err = d.client.Resource(ctx, spec.ParentResource.APIVersion, spec.ParentResource.Resource); err != nil {
		return fmt.Errorf("parent %s: %w", spec.ParentResource.Resource, err)
	}
	if selector := spec.ParentResource.LabelSelector; selector != nil {
		if d.parentSelector, err = metav1.LabelSelectorAsSelector(selector); err != nil {
			return err
		}
	}
	for _, rule := range spec.ChildResources {
		child, err := d.client.Resource(ctx, rule.APIVersion, rule.Resource)
		if err != nil {
			return fmt.Errorf("child %s: %w", rule.Resource, err)
		}
		d.children = append(d.children, child)
		d.methods[schema.GroupKind{Group: child.Group, Kind: child.Kind}] = rule.UpdateStrategy.Method
	}
	for _, hook := range spec.Hooks.all() {
		if d.endpoints[hook], err = d.connect(ctx, hook); err != nil {
			return err
		}
	}
	return nil
}

// Parent is the resource of the parents.
func (d *Driver) Parent() kube.Resource { return d.parent }

// Sync is one pass over one parent. The Pass is never nil. The error is what Metacontroller would log and retry: it
// means that the pass was aborted, or that children could not be written; the Pass tells which.
func (d *Driver) Sync(ctx context.Context, key types.NamespacedName) (*Pass, error) {
	pass := &Pass{}
	parent, err := d.reader.Get(ctx, d.parent, key)
	if apierrors.IsNotFound(err) {
		return pass, nil
	} else if err != nil {
		return pass, err
	}
	if !d.concerns(parent) {
		return pass, nil
	}
	if parent, err = d.syncFinalizer(ctx, pass, parent); err != nil {
		return pass, fmt.Errorf("finalizer: %w", err)
	}
	if !d.concerns(parent) {
		return pass, nil
	}
	observed, err := d.claimChildren(ctx, pass, parent)
	if err != nil {
		return pass, fmt.Errorf("claim children: %w", err)
	}
	related, err := d.relatedObjects(ctx, pass, parent)
	if err != nil {
		return pass, fmt.Errorf("related objects: %w", err)
	}
	called, err := d.callHook(ctx, pass, &syncRequest{
		Controller: d.controller.object,
		Parent:     parent,
	}, observed, related)
	if err != nil || !called {
		return pass, err
	}
	return pass, d.carryOut(ctx, pass, parent, observed)
}

// concerns says whether the parent is this controller's business: it matches the selector, or still has to be
// finalized.
func (d *Driver) concerns(parent *kube.Object) bool {
	return slices.Contains(parent.GetFinalizers(), d.controller.finalizer()) || d.matches(parent)
}

func (d *Driver) matches(parent *kube.Object) bool {
	return d.parentSelector == nil || d.parentSelector.Matches(labels.Set(parent.GetLabels()))
}

// carryOut does what the hook answered.
func (d *Driver) carryOut(ctx context.Context, pass *Pass, parent *kube.Object, observed objectMap) error {
	response := pass.Response
	if response.Finalized {
		var err error
		if parent, err = d.setFinalizer(ctx, pass, parent, false); err != nil {
			return fmt.Errorf("remove finalizer: %w", err)
		}
	}
	desired, err := d.desiredChildren(parent, response.Children)
	if err != nil {
		return err
	}
	var childErr error
	if parent.GetDeletionTimestamp() == nil || d.shouldFinalize(parent) {
		childErr = errors.Join(
			d.deleteChildren(ctx, pass, observed, desired),
			d.writeChildren(ctx, pass, parent, observed, desired),
		)
	}
	err = d.writeStatus(ctx, pass, parent, response.Status)
	switch {
	case apierrors.IsNotFound(err), apierrors.IsConflict(err):
		return nil // and the children's errors are lost with it, as in Metacontroller
	case err != nil:
		return err
	default:
		return childErr
	}
}
