package sync

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
)

// childMeta is the metadata of a child that we send.
type childMeta struct {
	Name        string            `json:"name"`
	Namespace   string            `json:"namespace"`
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
}

func metaOf(m *Meta) childMeta {
	labels, annotations := m.Labels, m.Annotations.Values
	if labels == nil {
		labels = map[string]string{}
	}
	if annotations == nil {
		annotations = map[string]string{}
	}
	return childMeta{Name: m.Name, Namespace: m.Namespace, Labels: labels, Annotations: annotations}
}

// Kept lists the Pod so that it stays. Pods are OnDelete: Metacontroller leaves a listed Pod alone whatever its
// content, so nothing of it is repeated.
func (p *Pod) Kept() Child { return nameOnly("v1", "Pod", &p.Meta) }

// nameOnly lists an object by its name.
func nameOnly(apiVersion, kind string, m *Meta) Child {
	return Child{APIVersion: apiVersion, Kind: kind, Name: m.Name, Object: struct {
		APIVersion string    `json:"apiVersion"`
		Kind       string    `json:"kind"`
		Meta       childMeta `json:"metadata"`
	}{apiVersion, kind, childMeta{
		Name: m.Name, Namespace: m.Namespace, Labels: map[string]string{}, Annotations: map[string]string{},
	}}}
}

// frozen lists an observed child of an InPlace kind unchanged: what a hook last returned for it when Metacontroller
// recorded that, else its own content as observed, which server-side apply takes as no change.
func frozen(apiVersion, kind string, m *Meta, content any) Child {
	child := Child{APIVersion: apiVersion, Kind: kind, Name: m.Name, Object: content}
	if len(m.Annotations.lastApplied) > 0 {
		child.Object = lastReturned{m.Annotations.lastApplied, content}
	}
	return child
}

// lastReturned is what a hook last returned for a child, as the annotation has it: a quoted text. It is read when it is
// written, and not before. The child's own content stands in for a record that somebody has spoilt.
type lastReturned struct {
	quoted  jsontext.Value
	content any
}

// MarshalJSONTo writes the text, or the content where that is no JSON.
func (l lastReturned) MarshalJSONTo(enc *jsontext.Encoder) error {
	text, err := jsontext.AppendUnquote(enc.AvailableBuffer(), l.quoted)
	if err == nil && enc.WriteValue(text) == nil {
		return nil
	}
	return json.MarshalEncode(enc, l.content)
}

// Frozen lists the claim unchanged. What Kubernetes itself wrote into it is no part of it: Metacontroller records all
// that it is told as ours, and would take that away with the first answer that draws the claim, which the API server
// refuses.
func (c *PersistentVolumeClaim) Frozen() Child {
	meta, spec := metaOf(&c.Meta), c.Spec
	meta.Annotations = maps.Clone(meta.Annotations)
	maps.DeleteFunc(meta.Annotations, func(key, _ string) bool { return strings.Contains(key, "kubernetes.io/") })
	if c.VolumeChosen() {
		spec.VolumeName = ""
	}
	return frozen("v1", "PersistentVolumeClaim", &c.Meta, struct {
		APIVersion string                           `json:"apiVersion"`
		Kind       string                           `json:"kind"`
		Meta       childMeta                        `json:"metadata"`
		Spec       corev1.PersistentVolumeClaimSpec `json:"spec"`
	}{"v1", "PersistentVolumeClaim", meta, spec})
}

// Frozen lists the ConfigMap unchanged.
func (c *ConfigMap) Frozen() Child {
	return frozen("v1", "ConfigMap", &c.Meta, struct {
		APIVersion string            `json:"apiVersion"`
		Kind       string            `json:"kind"`
		Meta       childMeta         `json:"metadata"`
		Data       map[string]string `json:"data,omitempty"`
	}{"v1", "ConfigMap", metaOf(&c.Meta), c.Data})
}

// Frozen lists the Service unchanged.
func (s *Service) Frozen() Child {
	return frozen("v1", "Service", &s.Meta, struct {
		APIVersion string             `json:"apiVersion"`
		Kind       string             `json:"kind"`
		Meta       childMeta          `json:"metadata"`
		Spec       corev1.ServiceSpec `json:"spec"`
	}{"v1", "Service", metaOf(&s.Meta), s.Spec})
}

// Frozen lists the Secret unchanged.
func (s *Secret) Frozen() Child {
	data := make(map[string][]byte, len(s.Data))
	for key, value := range s.Data {
		data[key] = value
	}
	return frozen("v1", "Secret", &s.Meta, struct {
		APIVersion string            `json:"apiVersion"`
		Kind       string            `json:"kind"`
		Meta       childMeta         `json:"metadata"`
		Type       corev1.SecretType `json:"type,omitempty"`
		Data       map[string][]byte `json:"data,omitempty"`
	}{"v1", "Secret", metaOf(&s.Meta), s.Type, data})
}

// Frozen lists the budget unchanged.
func (b *PodDisruptionBudget) Frozen() Child {
	return frozen("policy/v1", "PodDisruptionBudget", &b.Meta, struct {
		APIVersion string                           `json:"apiVersion"`
		Kind       string                           `json:"kind"`
		Meta       childMeta                        `json:"metadata"`
		Spec       policyv1.PodDisruptionBudgetSpec `json:"spec"`
	}{"policy/v1", "PodDisruptionBudget", metaOf(&b.Meta), b.Spec})
}

// Frozen lists the Deployment unchanged.
func (d *Deployment) Frozen() Child { return frozenText("apps/v1", "Deployment", &d.Meta, d.Spec) }

// Frozen lists an owned custom resource of that apiVersion and kind unchanged.
func (r *Referenced) Frozen(apiVersion, kind string) Child {
	return frozenText(apiVersion, kind, &r.Meta, r.Spec)
}

// frozenText is frozen for a spec that was left as text. Its members are put into one order: the request's has none.
func frozenText(apiVersion, kind string, m *Meta, spec jsontext.Value) Child {
	spec = spec.Clone()
	_ = spec.Format(jsontext.ReorderRawObjects(true)) // it was decoded before, so it is JSON
	return frozen(apiVersion, kind, m, struct {
		APIVersion string         `json:"apiVersion"`
		Kind       string         `json:"kind"`
		Meta       childMeta      `json:"metadata"`
		Spec       jsontext.Value `json:"spec,omitzero"`
	}{apiVersion, kind, metaOf(m), spec})
}

// Frozen keeps a child of a kind that this release does not draw. Without a record of what was last returned for
// it, naming it is all that can be done; nothing of its own is changed by that under dynamic apply.
func (u *Unknown) Frozen() Child {
	return frozen(u.APIVersion, u.Kind, &u.Meta, nameOnly(u.APIVersion, u.Kind, &u.Meta).Object)
}

// Hold lists every observed child unchanged.
func (c *Children) Hold() []Child {
	var held []Child
	for i := range c.Pods {
		held = append(held, c.Pods[i].Kept())
	}
	for i := range c.PersistentVolumeClaims {
		held = append(held, c.PersistentVolumeClaims[i].Frozen())
	}
	for i := range c.ConfigMaps {
		held = append(held, c.ConfigMaps[i].Frozen())
	}
	for i := range c.Services {
		held = append(held, c.Services[i].Frozen())
	}
	for i := range c.Secrets {
		held = append(held, c.Secrets[i].Frozen())
	}
	for i := range c.PodDisruptionBudgets {
		held = append(held, c.PodDisruptionBudgets[i].Frozen())
	}
	for i := range c.Deployments {
		held = append(held, c.Deployments[i].Frozen())
	}
	for i := range c.KafkaTopics {
		held = append(held, c.KafkaTopics[i].Frozen("kafka.banzaicloud.io/v1alpha1", "KafkaTopic"))
	}
	for i := range c.Operations {
		held = append(held, c.Operations[i].Frozen("kafka.banzaicloud.io/v1alpha1", "CruiseControlOperation"))
	}
	return append(held, c.HoldUnknown()...)
}

// HoldUnknown lists the observed children of kinds that this release does not draw.
func (c *Children) HoldUnknown() []Child {
	var held []Child
	for _, kind := range slices.Sorted(maps.Keys(c.Other)) {
		for i := range c.Other[kind] {
			held = append(held, c.Other[kind][i].Frozen())
		}
	}
	return held
}

// Malformed says which of the children has no name, that of another one, or another kind than it is listed under: no
// Metacontroller sends that, and nothing can be listed by it. It is empty when all are well.
func (c *Children) Malformed() string {
	malformed := ""
	check := func(kind string, metas func(yield func(*Meta) bool)) {
		seen := make(map[string]struct{})
		for m := range metas {
			if _, twice := seen[m.Name]; twice {
				malformed = fmt.Sprintf("two children of kind %s are named %q", kind, m.Name)
			}
			if m.Name == "" {
				malformed = fmt.Sprintf("a child of kind %s lacks metadata.name", kind)
			}
			seen[m.Name] = struct{}{}
		}
	}
	check("Pod", metas(c.Pods))
	check("PersistentVolumeClaim", metas(c.PersistentVolumeClaims))
	check("ConfigMap", metas(c.ConfigMaps))
	check("Service", metas(c.Services))
	check("Secret", metas(c.Secrets))
	check("PodDisruptionBudget", metas(c.PodDisruptionBudgets))
	check("Deployment", metas(c.Deployments))
	check("KafkaTopic", metas(c.KafkaTopics))
	check("CruiseControlOperation", metas(c.Operations))
	for _, kind := range slices.Sorted(maps.Keys(c.Other)) {
		check(kind, metas(c.Other[kind]))
		for i := range c.Other[kind] {
			if own := c.Other[kind][i].groupVersionKind(); own != kind {
				malformed = fmt.Sprintf("a child under %s is %s by its apiVersion and kind", kind, own)
			}
		}
	}
	return malformed
}

// groupVersionKind is the key under which Metacontroller lists the object: its kind, a dot, and its apiVersion.
func (u *Unknown) groupVersionKind() string { return u.Kind + "." + u.APIVersion }

// metas walks over the metadata of objects.
func metas[T any, P interface {
	*T
	Metadata() *Meta
}](objects Objects[T]) func(yield func(*Meta) bool) {
	return func(yield func(*Meta) bool) {
		for i := range objects {
			if !yield(P(&objects[i]).Metadata()) {
				return
			}
		}
	}
}
