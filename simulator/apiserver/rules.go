package apiserver

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	kjson "sigs.k8s.io/json"

	"github.com/kompositor/kompositor/simulator/apply"
)

// rules are what the server knows of a kind.
type rules struct {
	// status and generation say whether the kind has a status subresource, and counts changes of its spec.
	status, generation bool
	// normalize writes defaults and drops what the kind does not know.
	normalize func(Key, Object) (Object, error)
	// admit completes a new object or refuses it.
	admit func(*Server, Key, Object) error
	// validate refuses a change.
	validate func(s *Server, old, updated Object) error
}

// rulesOf returns a kind's rules. A kind without rules of its own is a custom resource with a status subresource.
func rulesOf(kind string) rules {
	switch kind {
	case "Pod.v1":
		return rules{true, true, typed(defaultPod), admitPod, validatePodUpdate}
	case "PersistentVolumeClaim.v1":
		return rules{true, false, typed(defaultClaim), admitClaim, validateClaimUpdate}
	case "Service.v1":
		return rules{true, false, typed(defaultService), admitService, validateServiceUpdate}
	case "ConfigMap.v1":
		return rules{false, false, typed(func(*corev1.ConfigMap) {}), admitData, validateDataUpdate}
	case "Secret.v1":
		return rules{false, false, typed(defaultSecret), admitData, validateDataUpdate}
	case "ServiceAccount.v1":
		return rules{false, false, typed(func(*corev1.ServiceAccount) {}), nil, nil}
	case "Node.v1":
		return rules{true, false, typed(func(*corev1.Node) {}), nil, nil}
	case "PodDisruptionBudget.policy/v1":
		return rules{true, true, typed(func(*policyv1.PodDisruptionBudget) {}), admitBudget, nil}
	case "Deployment.apps/v1":
		return rules{true, true, typed(defaultDeployment), admitDeployment, validateDeploymentUpdate}
	case "StorageClass.storage.k8s.io/v1":
		return rules{false, false, typed(defaultStorageClass), nil, nil}
	default:
		return rules{true, true, func(_ Key, o Object) (Object, error) { return withoutEmptyMetadata(o), nil }, nil, nil}
	}
}

// typed takes an object through its Go type and back. Of an object with fields that the type does not know, it returns
// what it knows, and an error that names them.
func typed[T any](defaults func(*T)) func(Key, Object) (Object, error) {
	return func(key Key, o Object) (Object, error) {
		var object T
		mistakes, err := kjson.UnmarshalStrict(encode(o), &object)
		if err != nil {
			return nil, refuse(http.StatusBadRequest, "%s can not be read: %v", key, err)
		}
		defaults(&object)
		text, err := json.Marshal(&object)
		if err != nil {
			return nil, refuse(http.StatusBadRequest, "%s does not encode: %v", key, err)
		}
		known, err := apply.Decode(text)
		if err == nil && len(mistakes) > 0 {
			err = refuse(http.StatusBadRequest, "%s can not be read: %v", key, mistakes[0])
		}
		return known, err
	}
}

// withoutEmptyMetadata drops empty labels and annotations, as the server's own type of metadata does.
func withoutEmptyMetadata(o Object) Object {
	metadata := Map(o, "metadata")
	for _, field := range []string{"labels", "annotations", "finalizers", "ownerReferences"} {
		switch part := metadata[field].(type) {
		case map[string]any:
			if len(part) == 0 {
				delete(metadata, field)
			}
		case []any:
			if len(part) == 0 {
				delete(metadata, field)
			}
		case nil:
			delete(metadata, field)
		}
	}
	return o
}

// annotationsLimit is the limit of all annotations together, bytes. Source: apimachinery, validation/objectmeta.go.
const annotationsLimit = 256 << 10

// validMetadata refuses names, labels and annotations that a real server refuses.
func validMetadata(key Key, o Object) error {
	if key.Name == "" {
		return invalid(key, "metadata.name", "a name is needed")
	}
	names := validation.IsDNS1123Subdomain
	if key.Kind == "Service.v1" {
		names = validation.IsDNS1035Label
	}
	if mistakes := names(key.Name); len(mistakes) > 0 {
		return invalid(key, "metadata.name", "%s", mistakes[0])
	}
	labels := Map(o, "metadata", "labels")
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		text, isText := labels[name].(string)
		mistakes := slices.Concat(validation.IsQualifiedName(name), validation.IsValidLabelValue(text))
		if !isText || len(mistakes) > 0 {
			return invalid(key, "metadata.labels."+name, "%v: %s", labels[name], strings.Join(mistakes, "; "))
		}
	}
	annotations, size := Map(o, "metadata", "annotations"), 0
	for _, name := range slices.Sorted(maps.Keys(annotations)) {
		text, isText := annotations[name].(string)
		if mistakes := validation.IsQualifiedName(strings.ToLower(name)); !isText || len(mistakes) > 0 {
			return invalid(key, "metadata.annotations."+name, "%s", strings.Join(mistakes, "; "))
		}
		size += len(name) + len(text)
	}
	if size > annotationsLimit {
		return invalid(key, "metadata.annotations", "%d bytes are more than %d", size, annotationsLimit)
	}
	return nil
}

// dataLimit is the limit of a ConfigMap's or Secret's data, bytes. Source: k8s.io/api, MaxSecretSize.
const dataLimit = corev1.MaxSecretSize

func admitData(_ *Server, key Key, o Object) error {
	size := 0
	for name, text := range Map(o, "data") {
		if mistakes := validation.IsConfigMapKey(name); len(mistakes) > 0 {
			return invalid(key, "data."+name, "%s", mistakes[0])
		}
		value, _ := text.(string)
		size += len(value)
	}
	if size > dataLimit {
		return invalid(key, "data", "%d bytes are more than %d", size, dataLimit)
	}
	return nil
}

func validateDataUpdate(s *Server, old, updated Object) error {
	key := KeyOf(updated)
	if err := admitData(s, key, updated); err != nil {
		return err
	}
	if Bool(old, "immutable") && (!equal(old, updated, "data") || !equal(old, updated, "binaryData") ||
		!Bool(updated, "immutable")) {
		return invalid(key, "data", "field is immutable when `immutable` is set")
	}
	if !equal(old, updated, "type") {
		return invalid(key, "type", "field is immutable")
	}
	return nil
}

func defaultSecret(secret *corev1.Secret) {
	if secret.Type == "" {
		secret.Type = corev1.SecretTypeOpaque
	}
	for name, text := range secret.StringData {
		if secret.Data == nil {
			secret.Data = map[string][]byte{}
		}
		secret.Data[name] = []byte(text)
	}
	secret.StringData = nil
}

func defaultStorageClass(class *storagev1.StorageClass) {
	if class.VolumeBindingMode == nil {
		immediate := storagev1.VolumeBindingImmediate
		class.VolumeBindingMode = &immediate
	}
	if class.ReclaimPolicy == nil {
		reclaim := corev1.PersistentVolumeReclaimDelete
		class.ReclaimPolicy = &reclaim
	}
}

func admitBudget(_ *Server, key Key, o Object) error {
	spec := Map(o, "spec")
	if spec["minAvailable"] != nil && spec["maxUnavailable"] != nil {
		return invalid(key, "spec", "minAvailable and maxUnavailable exclude each other")
	}
	return nil
}
