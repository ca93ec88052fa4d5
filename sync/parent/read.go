package parent

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kompositor/kompositor/sync"
)

// Object is a parent of the kind that was wanted.
type Object struct{ *sync.ParentObject }

// Read looks at who a parent is. Its error means that it is not one of the wanted kind.
func Read(parent *sync.ParentObject, want schema.GroupVersionKind) (*Object, error) {
	if parent == nil {
		return nil, errors.New("there is no parent")
	}
	if parent.Kind != want.Kind || parent.APIVersion != want.GroupVersion().String() {
		return nil, fmt.Errorf("the parent is a %s of %s, not a %s of %s: check parentResource and the hook's URL",
			cmp.Or(parent.Kind, "nameless kind"), cmp.Or(parent.APIVersion, "no version"), want.Kind, want.GroupVersion())
	}
	if parent.Name == "" || parent.Namespace == "" || parent.UID == "" {
		return nil, errors.New("the parent lacks metadata.name, metadata.namespace or metadata.uid")
	}
	return &Object{parent}, nil
}

// uniqueNames spares to look for names that are there twice: the request was decoded before, which refuses them.
func uniqueNames() json.Options { return jsontext.AllowDuplicateNames(true) }

// TypeMeta is the parent's kind and version, for its typed form.
func (o *Object) TypeMeta() metav1.TypeMeta {
	return metav1.TypeMeta{APIVersion: o.APIVersion, Kind: o.Kind}
}

// ObjectMeta is the parent's metadata as far as decisions look at it, for its typed form.
func (o *Object) ObjectMeta() metav1.ObjectMeta {
	created, _ := time.Parse(time.RFC3339, o.CreationTimestamp) // the zero time says that it is not known
	return metav1.ObjectMeta{
		Name: o.Name, Namespace: o.Namespace, UID: types.UID(o.UID), Generation: o.Generation,
		CreationTimestamp: metav1.NewTime(created), Labels: o.Labels, Annotations: o.Annotations.Values,
	}
}

// ReadStatus reads the status into its type. Whoever goes on without it could take what was done before for never done,
// so one that does not fit is a mistake like one of the spec.
func (o *Object) ReadStatus(into any) field.ErrorList {
	if len(o.Status) == 0 {
		return nil
	}
	if err := json.Unmarshal(o.Status, into, uniqueNames()); err != nil {
		return field.ErrorList{field.TypeInvalid(field.NewPath("status"), field.OmitValueType{},
			"the status does not fit its type; it was written by something else than this controller")}
	}
	return nil
}

// ReadSpec reads the spec into its type; it returns every value that does not fit, and leaves those out.
func (o *Object) ReadSpec(into any) field.ErrorList {
	if len(o.Spec) == 0 {
		return field.ErrorList{field.Required(field.NewPath("spec"), "a "+o.Kind+" needs a spec")}
	}
	return Decode(o.Spec, into)
}
