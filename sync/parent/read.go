package parent

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kompositor/kompositor/sync"
)

// Object is a parent with spec and status left as text: a spec that does not fit its type is the user's mistake, not a
// malformed request.
type Object struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	sync.Meta  `json:"metadata"`
	Spec       jsontext.Value `json:"spec"`
	Status     jsontext.Value `json:"status"`
}

// Read reads a parent. Its error means that it is not one of the wanted kind.
func Read(text jsontext.Value, want schema.GroupVersionKind) (*Object, error) {
	var parent Object
	if err := json.Unmarshal(text, &parent, uniqueNames()); err != nil {
		return nil, fmt.Errorf("read the parent: %w", err)
	}
	if parent.Kind != want.Kind || parent.APIVersion != want.GroupVersion().String() {
		return nil, fmt.Errorf("the parent is a %s of %s, not a %s of %s: check parentResource and the hook's URL",
			cmp.Or(parent.Kind, "nameless kind"), cmp.Or(parent.APIVersion, "no version"), want.Kind, want.GroupVersion())
	}
	if parent.Name == "" || parent.Namespace == "" || parent.UID == "" {
		return nil, errors.New("the parent lacks metadata.name, metadata.namespace or metadata.uid")
	}
	return &parent, nil
}

// uniqueNames spares to look for names that are there twice: the request was decoded before, which refuses them.
func uniqueNames() json.Options { return jsontext.AllowDuplicateNames(true) }

// Identity says whose call this is.
func (o *Object) Identity() sync.Parent {
	return sync.Parent{Kind: o.Kind, Namespace: o.Namespace, Name: o.Name, UID: o.UID, Generation: o.Generation}
}

// TypeMeta is the parent's kind and version, for its typed form.
func (o *Object) TypeMeta() metav1.TypeMeta {
	return metav1.TypeMeta{APIVersion: o.APIVersion, Kind: o.Kind}
}

// ObjectMeta is the parent's metadata as far as decisions look at it, for its typed form.
func (o *Object) ObjectMeta() metav1.ObjectMeta {
	return metav1.ObjectMeta{
		Name: o.Name, Namespace: o.Namespace, UID: types.UID(o.UID), Generation: o.Generation,
		Labels: o.Labels, Annotations: o.Annotations.Values,
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
