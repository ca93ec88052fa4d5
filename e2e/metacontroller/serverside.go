package metacontroller

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kompositor/kompositor/e2e/kube"
)

// appliedKey names a child across its versions.
type appliedKey struct {
	kind schema.GroupKind
	name types.NamespacedName
}

// appliedState is what Metacontroller remembers of its last server-side apply to skip one that changes nothing. For
// kinds with a generation, changes by others that do not raise it stay unnoticed.
type appliedState struct {
	desired         string
	uid             types.UID
	generation      int64
	resourceVersion string
}

func appliedKeyOf(object *kube.Object) appliedKey {
	return appliedKey{kind: object.GroupVersionKind().GroupKind(), name: kube.Key(object)}
}

func stateOf(desired string, object *kube.Object) appliedState {
	return appliedState{
		desired: desired, uid: object.GetUID(),
		generation: object.GetGeneration(), resourceVersion: object.GetResourceVersion(),
	}
}

// covers says whether the child is still as it was left.
func (s appliedState) covers(desired string, observed *kube.Object) bool {
	return s.desired == desired && s.uid == observed.GetUID() && s.generation == observed.GetGeneration() &&
		(s.generation != 0 || s.resourceVersion == observed.GetResourceVersion())
}

func (w *childWork) serverSideApply(ctx context.Context) error {
	if w.observed != nil && w.observed.GetDeletionTimestamp() != nil {
		return nil
	}
	object := w.desired.DeepCopy()
	own(object, w.parent)
	object = applicable(object)
	encoded, err := json.Marshal(object)
	if err != nil {
		return err
	}
	key, desired := appliedKeyOf(object), string(encoded)
	if w.observed != nil {
		if w.driver.applied[key].covers(desired, w.observed) {
			return nil
		}
		switch w.method {
		case inPlace:
			if gone, err := w.removeLastApplied(ctx); err != nil || gone {
				return err
			}
		case recreate:
			return w.recreateIfChanged(ctx, object, desired)
		default:
			w.driver.applied[key] = stateOf(desired, w.observed)
			return nil
		}
	}
	applied, err := w.driver.client.Apply(ctx, w.resource, object, w.patchOptions())
	if err == nil {
		w.driver.applied[key] = stateOf(desired, applied)
	}
	return w.record(Apply, err, apierrors.IsConflict)
}

func (w *childWork) patchOptions() metav1.PatchOptions {
	return metav1.PatchOptions{FieldManager: w.driver.options.FieldManager}
}

// removeLastApplied removes the annotation of the other strategy; gone says that the child no longer exists.
func (w *childWork) removeLastApplied(ctx context.Context) (gone bool, err error) {
	if _, has := w.observed.GetAnnotations()[lastAppliedAnnotation]; !has {
		return false, nil
	}
	path := "/metadata/annotations/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(lastAppliedAnnotation)
	patch := fmt.Sprintf(`[{"op": "remove", "path": %q}]`, path)
	_, err = w.driver.client.JSONPatch(ctx, w.resource, kube.Key(w.observed), []byte(patch))
	return apierrors.IsNotFound(err), w.record(Update, err, apierrors.IsNotFound)
}

// recreateIfChanged asks the API server by a dry run whether an apply would change anything, and deletes the child if
// it would. Metacontroller treats a changed generation in the answer as a race, so only kinds without generations are
// ever recreated.
func (w *childWork) recreateIfChanged(ctx context.Context, object *kube.Object, desired string) error {
	options := w.patchOptions()
	options.DryRun = []string{metav1.DryRunAll}
	key, left := appliedKeyOf(object), stateOf(desired, w.observed)
	tried, err := w.driver.client.Apply(ctx, w.resource, object, options)
	switch {
	case apierrors.IsBadRequest(err), apierrors.IsForbidden(err):
		w.driver.applied[key] = left
		return nil
	case err != nil:
		return fmt.Errorf("dry run of %s %s: %w", w.resource, kube.Key(object), err)
	case tried.GetGeneration() != w.observed.GetGeneration() || tried.GetUID() != w.observed.GetUID():
		return fmt.Errorf("dry run of %s %s: generation or UID changed", w.resource, kube.Key(object))
	case reflect.DeepEqual(applicable(tried).Object, applicable(w.observed).Object):
		w.driver.applied[key] = left
		return nil
	default:
		return w.driver.deleteChild(ctx, w.pass, w.observed)
	}
}

// applicable is the object without what a server-side apply must not contain.
func applicable(object *kube.Object) *kube.Object {
	stripped := object.DeepCopy()
	for _, field := range systemMetadata() {
		unstructured.RemoveNestedField(stripped.Object, "metadata", field)
	}
	unstructured.RemoveNestedField(stripped.Object, "status")
	dropLastApplied(stripped)
	return stripped
}
