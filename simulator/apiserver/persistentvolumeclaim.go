package apiserver

import (
	"net/http"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// ClaimProtection is the finalizer that keeps a claim while a Pod uses it.
const ClaimProtection = "kubernetes.io/pvc-protection"

const defaultClassAnnotation = "storageclass.kubernetes.io/is-default-class"

func defaultClaim(claim *corev1.PersistentVolumeClaim) {
	orPointer(&claim.Spec.VolumeMode, corev1.PersistentVolumeFilesystem)
	orDefault(&claim.Status.Phase, corev1.ClaimPending)
}

// ClassOf returns a claim's storage class; without one, the default class of the world.
func (s *Server) ClassOf(claim Object) (Object, bool) {
	name := String(claim, "spec", "storageClassName")
	if name != "" {
		return s.Get(Key{Kind: "StorageClass.storage.k8s.io/v1", Name: name})
	}
	for _, class := range s.List("StorageClass.storage.k8s.io/v1") {
		if String(class, "metadata", "annotations", defaultClassAnnotation) == "true" {
			return class, true
		}
	}
	return nil, false
}

func admitClaim(s *Server, key Key, o Object) error {
	spec := Map(o, "spec")
	if _, set := spec["storageClassName"]; !set {
		if class, ok := s.ClassOf(o); ok {
			spec["storageClassName"] = String(class, "metadata", "name")
		}
	}
	if len(Strings(spec, "accessModes")) == 0 {
		return invalid(key, "spec.accessModes", "at least one access mode is required")
	}
	if _, err := resource.ParseQuantity(String(spec, "resources", "requests", "storage")); err != nil {
		return invalid(key, "spec.resources.requests.storage", "%v", err)
	}
	SetFinalizer(o, ClaimProtection, true)
	return nil
}

// validateClaimUpdate lets a bound claim grow where its class allows that, and the binder bind it. Nothing else of
// its spec can change.
func validateClaimUpdate(s *Server, old, updated Object) error {
	key := KeyOf(updated)
	before, after := Copy(Map(old, "spec")), Copy(Map(updated, "spec"))
	was, now := Request(old), Request(updated)
	for _, spec := range []Object{before, after} {
		if requests := Map(spec, "resources", "requests"); requests != nil {
			delete(requests, "storage")
		}
	}
	if String(before, "volumeName") == "" {
		keep(before, after, "volumeName")
	}
	if !equal(Object{"spec": before}, Object{"spec": after}, "spec") {
		return invalid(key, "spec", "spec is immutable after creation except resources.requests for bound claims")
	}
	if now.Cmp(was) == 0 {
		return nil
	}
	if String(old, "status", "phase") != string(corev1.ClaimBound) {
		return refuse(http.StatusForbidden, "%s is forbidden: only bound persistent volume claims can be expanded", key)
	}
	if now.Cmp(Capacity(old)) < 0 {
		return invalid(key, "spec.resources.requests.storage", "field can not be less than status.capacity")
	}
	if class, ok := s.ClassOf(old); now.Cmp(was) > 0 && (!ok || !Bool(class, "allowVolumeExpansion")) {
		return refuse(http.StatusForbidden, "%s is forbidden: only dynamically provisioned pvc can be resized and the "+
			"storageclass that provisions the pvc must support resize", key)
	}
	return nil
}

// Request is what a claim asks for.
func Request(claim Object) resource.Quantity {
	return quantity(String(claim, "spec", "resources", "requests", "storage"))
}

// Capacity is what a claim has.
func Capacity(claim Object) resource.Quantity {
	return quantity(String(claim, "status", "capacity", "storage"))
}

// quantity reads a quantity that was stored, and so was read before; none is 0.
func quantity(text string) resource.Quantity {
	parsed, err := resource.ParseQuantity(text)
	if err != nil {
		return resource.Quantity{}
	}
	return parsed
}
