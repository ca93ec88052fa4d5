package sync

import (
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Facts are what the world answered. A fact is known, or unknown with the reason in words that a user can act on;
// there is no third state, and no decision may take an unknown fact for a good one.
type Facts struct {
	// Now is the time of the call: the only clock in this room.
	Now           time.Time          `json:"now"`
	Kafka         KafkaFacts         `json:"kafka,omitzero"`
	CruiseControl CruiseControlFacts `json:"cruiseControl,omitzero"`
	PKI           PKIFacts           `json:"pki,omitzero"`
	Kubernetes    KubernetesFacts    `json:"kubernetes,omitzero"`
}

// Fact is a value that was learnt, or the reason why it was not. The zero Fact is unknown: nobody asked.
type Fact[T any] struct {
	value T
	known bool
	why   string
}

// Known is a fact that was learnt.
func Known[T any](value T) Fact[T] { return Fact[T]{value: value, known: true} }

// UnknownFact is a fact that could not be learnt; why is a short clause such as "kafka-0:29092 refused the
// connection".
func UnknownFact[T any](why string) Fact[T] { return Fact[T]{why: why} }

// Get returns the value and whether it is known.
func (f Fact[T]) Get() (T, bool) { return f.value, f.known }

// Why says why the fact is unknown; empty when it is known.
func (f Fact[T]) Why() string {
	if f.known {
		return ""
	}
	if f.why == "" {
		return "it was not asked for"
	}
	return f.why
}

// IsZero makes an unasked fact vanish from a recorded case.
func (f Fact[T]) IsZero() bool { return !f.known && f.why == "" }

type factJSON[T any] struct {
	Known *T     `json:"known,omitzero"`
	Why   string `json:"unknown,omitzero"`
}

// MarshalJSONTo writes {"known": value} or {"unknown": why}.
func (f Fact[T]) MarshalJSONTo(enc *jsontext.Encoder) error {
	if f.known {
		return json.MarshalEncode(enc, factJSON[T]{Known: &f.value})
	}
	return json.MarshalEncode(enc, factJSON[T]{Why: f.Why()})
}

// UnmarshalJSONFrom reads what MarshalJSONTo writes.
func (f *Fact[T]) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	var read factJSON[T]
	if err := json.UnmarshalDecode(dec, &read); err != nil {
		return err
	}
	*f = Fact[T]{why: read.Why}
	if read.Known != nil {
		*f = Known(*read.Known)
	}
	return nil
}

// PKIFacts are what only chance can make. They are made anew at every call: what is to last goes into a Secret child,
// and is used only once it is read back from there.
type PKIFacts struct {
	Password Fact[Confidential] `json:"password,omitzero"`
}

// KubernetesFacts are what the API server says beside the request.
type KubernetesFacts struct {
	Nodes          Fact[[]NodeLabels]   `json:"nodes,omitzero"`
	StorageClasses Fact[[]StorageClass] `json:"storageClasses,omitzero"`
}

// StorageClass is what is asked about one class. One that is gone lets no volume grow.
type StorageClass struct {
	Name string `json:"name"`
	// Expands is allowVolumeExpansion: its volumes can grow.
	Expands bool `json:"expands,omitzero"`
}

// NodeLabels are the labels of one Node, as far as they were asked for. A Node that is gone has none.
type NodeLabels struct {
	Name   string            `json:"name"`
	Labels map[string]string `json:"labels,omitempty"`
}
