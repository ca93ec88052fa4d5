package cluster

import (
	"maps"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"

	"github.com/kompositor/kompositor/sync"
)

// childMeta is the metadata of a child that we send.
type childMeta struct {
	Name        string            `json:"name"`
	Namespace   string            `json:"namespace"`
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
}

func metaOf(m *sync.Meta) childMeta {
	labels, annotations := m.Labels, m.Annotations.Values
	if labels == nil {
		labels = map[string]string{}
	}
	if annotations == nil {
		annotations = map[string]string{}
	}
	return childMeta{Name: m.Name, Namespace: m.Namespace, Labels: labels, Annotations: annotations}
}

// kept lists an observed Pod so that it stays. Pods are OnDelete: Metacontroller leaves a listed Pod alone whatever its
// content, so nothing of it is repeated.
func kept(apiVersion, kind string, m *sync.Meta) sync.Child {
	return sync.Child{APIVersion: apiVersion, Kind: kind, Name: m.Name, Object: struct {
		APIVersion string    `json:"apiVersion"`
		Kind       string    `json:"kind"`
		Meta       childMeta `json:"metadata"`
	}{apiVersion, kind, childMeta{
		Name: m.Name, Namespace: m.Namespace, Labels: map[string]string{}, Annotations: map[string]string{},
	}}}
}

// frozen lists an observed child of an InPlace kind unchanged: what a hook last returned for it when Metacontroller
// recorded that, else its own content as observed, which server-side apply takes as no change.
func frozen(apiVersion, kind string, m *sync.Meta, content any) sync.Child {
	child := sync.Child{APIVersion: apiVersion, Kind: kind, Name: m.Name, Object: content}
	if last := jsontext.Value(m.Annotations.LastApplied()); len(last) > 0 && last.IsValid() {
		child.Object = last
	}
	return child
}

func frozenClaim(claim *sync.PersistentVolumeClaim) sync.Child {
	return frozen("v1", "PersistentVolumeClaim", &claim.Meta, struct {
		APIVersion string                           `json:"apiVersion"`
		Kind       string                           `json:"kind"`
		Meta       childMeta                        `json:"metadata"`
		Spec       corev1.PersistentVolumeClaimSpec `json:"spec"`
	}{"v1", "PersistentVolumeClaim", metaOf(&claim.Meta), claim.Spec})
}

func frozenConfigMap(config *sync.ConfigMap) sync.Child {
	return frozen("v1", "ConfigMap", &config.Meta, struct {
		APIVersion string            `json:"apiVersion"`
		Kind       string            `json:"kind"`
		Meta       childMeta         `json:"metadata"`
		Data       map[string]string `json:"data,omitempty"`
	}{"v1", "ConfigMap", metaOf(&config.Meta), config.Data})
}

func frozenService(service *sync.Service) sync.Child {
	return frozen("v1", "Service", &service.Meta, struct {
		APIVersion string             `json:"apiVersion"`
		Kind       string             `json:"kind"`
		Meta       childMeta          `json:"metadata"`
		Spec       corev1.ServiceSpec `json:"spec"`
	}{"v1", "Service", metaOf(&service.Meta), service.Spec})
}

func frozenSecret(secret *sync.Secret) sync.Child {
	data := make(map[string][]byte, len(secret.Data))
	for key, value := range secret.Data {
		data[key] = value
	}
	return frozen("v1", "Secret", &secret.Meta, struct {
		APIVersion string            `json:"apiVersion"`
		Kind       string            `json:"kind"`
		Meta       childMeta         `json:"metadata"`
		Type       corev1.SecretType `json:"type,omitempty"`
		Data       map[string][]byte `json:"data,omitempty"`
	}{"v1", "Secret", metaOf(&secret.Meta), secret.Type, data})
}

func frozenBudget(budget *sync.PodDisruptionBudget) sync.Child {
	return frozen("policy/v1", "PodDisruptionBudget", &budget.Meta, struct {
		APIVersion string                           `json:"apiVersion"`
		Kind       string                           `json:"kind"`
		Meta       childMeta                        `json:"metadata"`
		Spec       policyv1.PodDisruptionBudgetSpec `json:"spec"`
	}{"policy/v1", "PodDisruptionBudget", metaOf(&budget.Meta), budget.Spec})
}

// frozenUnknown keeps a child of a kind that this release does not draw. Without a record of what was last returned for
// it, naming it is all that can be done; nothing of its own is changed by that under dynamic apply.
func frozenUnknown(object *sync.Unknown) sync.Child {
	return frozen(object.APIVersion, object.Kind, &object.Meta, kept(object.APIVersion, object.Kind, &object.Meta).Object)
}

// holdChildren lists every observed child unchanged.
func (o *Observed) holdChildren() []sync.Child {
	observed := &o.request.Children
	var children []sync.Child
	for i := range observed.Pods {
		children = append(children, kept("v1", "Pod", &observed.Pods[i].Meta))
	}
	for i := range observed.PersistentVolumeClaims {
		children = append(children, frozenClaim(&observed.PersistentVolumeClaims[i]))
	}
	for i := range observed.ConfigMaps {
		children = append(children, frozenConfigMap(&observed.ConfigMaps[i]))
	}
	for i := range observed.Services {
		children = append(children, frozenService(&observed.Services[i]))
	}
	for i := range observed.Secrets {
		children = append(children, frozenSecret(&observed.Secrets[i]))
	}
	for i := range observed.PodDisruptionBudgets {
		children = append(children, frozenBudget(&observed.PodDisruptionBudgets[i]))
	}
	return append(children, o.holdUnknown()...)
}

// holdUnknown lists the observed children of kinds that this release does not draw.
func (o *Observed) holdUnknown() []sync.Child {
	var children []sync.Child
	for _, kind := range slices.Sorted(maps.Keys(o.request.Children.Other)) {
		objects := o.request.Children.Other[kind]
		for i := range objects {
			children = append(children, frozenUnknown(&objects[i]))
		}
	}
	return children
}
