package requests

import (
	"bytes"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/kompositor/kompositor/sync"
)

// Observations are the last requests and what was observed in them. Metacontroller asks the same again and again while
// something is awaited, and most of a request is as it was in the one before. They only save time: a hook that changed
// what it was given would answer the next call differently, which is against the laws.
type Observations struct {
	last     []Observation
	decoders *json.Unmarshalers
}

// Observation is a request and what was observed in it.
type Observation struct {
	kind     string
	body     []byte
	Request  sync.Request
	Observed sync.Observed
}

// Of observes a request, unless it is one of the last.
func (o *Observations) Of(kind string, body []byte, hook sync.Hook) (*Observation, error) {
	const kept = 8
	at := slices.IndexFunc(o.last, func(seen Observation) bool {
		return seen.kind == kind && bytes.Equal(seen.body, body)
	})
	if at >= 0 {
		return &o.last[at], nil
	}
	next := Observation{kind: kind, body: body}
	if err := json.Unmarshal(body, &next.Request, json.WithUnmarshalers(o.decoders)); err != nil {
		return nil, err
	}
	var err error
	if next.Observed, err = hook.Observe(next.Request); err != nil {
		return nil, err
	}
	if len(o.last) == kept {
		o.last = slices.Delete(o.last, 0, 1)
	}
	o.last = append(o.last, next)
	return &o.last[len(o.last)-1], nil
}

// New have seen nothing yet.
func New() *Observations {
	return &Observations{decoders: json.JoinUnmarshalers(
		once[sync.Pod](), once[sync.PersistentVolumeClaim](), once[sync.ConfigMap](), once[sync.Service](),
		once[sync.Secret](), once[sync.PodDisruptionBudget](), once[sync.Deployment](), once[sync.Referenced](),
		once[sync.Unknown](),
	)}
}

// once reads every text of a kind once.
func once[T any]() *json.Unmarshalers {
	known := map[string]T{}
	return json.UnmarshalFromFunc(func(dec *jsontext.Decoder, value *T) error {
		text, err := dec.ReadValue()
		if err != nil {
			return err
		}
		if read, ok := known[string(text)]; ok {
			*value = read
			return nil
		}
		if err := json.Unmarshal(text, value); err != nil {
			return err
		}
		known[string(text)] = *value
		return nil
	})
}
