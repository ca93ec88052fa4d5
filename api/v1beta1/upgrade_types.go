package v1beta1

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// MetadataVersionPolicy says when Kafka's feature metadata.version is raised (KIP-584, KIP-778). It is raised only once
// every node runs an image that supports the higher level. There is no way back: an image that does not support the
// level can not be returned to.
type MetadataVersionPolicy struct {
	// Raise is Automatic (the default): the level rises by itself when delay is over; or Manual: it rises only to upTo.
	// +kubebuilder:validation:Enum=Automatic;Manual
	Raise RaisePolicy `json:"raise,omitempty"`
	// Delay is how long all nodes must have run an image that supports a level before the level rises by itself, such as
	// 24h; default 168h, one week. Until then the image before can be gone back to. 0s raises it at once.
	// +kubebuilder:validation:Type=string
	// +kubebuilder:validation:Pattern=`^([0-9]+(h|m|s))+$`
	Delay *metav1.Duration `json:"delay,omitempty"`
	// UpTo is never exceeded. It is a Kafka version such as "4.1", a metadata.version such as "4.1-IV1", or its number.
	// With raise Manual it is the approval: the level rises to it as soon as every node supports it.
	// +kubebuilder:validation:Pattern=`^([0-9]+\.[0-9]+(-IV[0-9]+)?|[0-9]+)$`
	UpTo string `json:"upTo,omitempty"`
}

// RaisePolicy says whether the metadata.version rises by itself.
type RaisePolicy string

// The policies.
const (
	RaiseAutomatic RaisePolicy = "Automatic"
	RaiseManual    RaisePolicy = "Manual"
)

// DefaultRaiseDelay is how long all nodes run a new image before the metadata.version rises.
const DefaultRaiseDelay = 7 * 24 * time.Hour

// DelayOrDefault is the delay in force.
func (p *MetadataVersionPolicy) DelayOrDefault() time.Duration {
	if p.Delay == nil {
		return DefaultRaiseDelay
	}
	return p.Delay.Duration
}

// MetadataVersionStatus is Kafka's feature metadata.version as it was last read.
type MetadataVersionStatus struct {
	// Finalized is the level in force; 0 when it was never read.
	Finalized int16 `json:"finalized,omitempty"`
	// Name is Kafka's name of the level, such as 3.9-IV0; empty for a level that this release does not know.
	Name string `json:"name,omitempty"`
	// Supported is the highest level that every live broker supports.
	Supported int16 `json:"supported,omitempty"`
	// SupportedSince is when it was first seen to be that.
	SupportedSince *metav1.Time `json:"supportedSince,omitempty"`
	// ReadWith are the images that the nodes ran then, separated by commas. It is read again once they run others.
	ReadWith string `json:"readWith,omitempty"`
	// Refusal is why Kafka did not raise it when it was last told to, at RefusedAt. It is told again a minute later.
	Refusal   string       `json:"refusal,omitempty"`
	RefusedAt *metav1.Time `json:"refusedAt,omitempty"`
}
